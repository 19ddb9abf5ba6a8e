create table opgave (
    opgave_id text primary key,
    forloeb_id text not null,
    person_id text not null,
    cpr text,
    kommunekode text not null,
    opgavetype text not null,
    aarsag text not null,
    titel text not null,
    beskrivelse text not null,
    oprettet timestamptz not null,
    frist timestamptz not null,
    tilstand text not null,
    raekkeversion bigint not null
);
