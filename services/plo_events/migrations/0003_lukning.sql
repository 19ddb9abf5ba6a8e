create table lukning (
    ydernummer text primary key,
    lukkedato date not null,
    meddelt timestamptz not null,
    raekkeversion bigint not null
);
