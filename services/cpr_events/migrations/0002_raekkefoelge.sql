alter table person add column dele jsonb not null default '{}';
alter table person add column sket jsonb not null default '{}';
alter table person add column afloest_af text;

create table flytning (
    flytning_id text primary key,
    person_id text not null,
    flyttedato date,
    tilbagekaldt timestamptz,
    raekkeversion bigint not null
);

create table ukendt_haendelse (
    noegle text primary key,
    kode text not null,
    afledt text not null,
    leverance date not null,
    registreret timestamptz,
    modtaget timestamptz not null,
    raekkeversion bigint not null
);

create index ukendt_haendelse_kode on ukendt_haendelse (kode);
