-- Notes on persons, whom a person id stands for, and what the read API looks up.
create table notat (
    notat_id text primary key,
    person_id text not null,
    kommunekode text not null,
    tekst text not null,
    kilde text not null,
    oprettet_af text not null,
    oprettet timestamptz not null,
    version bigint not null,
    rettet_af text,
    rettet timestamptz,
    kommandoer jsonb not null,
    raekkeversion bigint not null
);

create table personhenvisning (
    person_id text primary key,
    til text not null,
    cpr text,
    raekkeversion bigint not null
);

create index personhenvisning_til on personhenvisning (til);
create index notat_person on notat (person_id);
create index opgave_person on opgave using gin (person_ider);
create index opgave_aabne on opgave (kommunekode, frist, opgave_id collate "C") where tilstand <> 'AFSLUTTET';
create index opgave_koe on opgave (kommunekode, frist, opgave_id collate "C");
