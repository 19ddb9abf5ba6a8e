create table seddel (
    konto text primary key,
    tekst text not null,
    tal bigint not null,
    raekkeversion bigint not null
);
