create table konto (
    konto text primary key,
    numre jsonb not null,
    svar jsonb not null,
    sidst timestamptz,
    raekkeversion bigint not null
);
