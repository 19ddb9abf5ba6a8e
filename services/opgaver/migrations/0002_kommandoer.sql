-- A task may be about several persons or none, has a type of four, and is worked on by commands.
alter table opgave add column person_ider jsonb not null default '[]';
update opgave set person_ider = jsonb_build_array(person_id);
alter table opgave alter column person_ider drop default;
alter table opgave drop column person_id;
alter table opgave add column version bigint not null default 1;
alter table opgave add column oprettet_af text;
alter table opgave add column sagsbehandler text;
alter table opgave add column afsluttet timestamptz;
alter table opgave add column afsluttet_af text;
alter table opgave add column begrundelse text;
alter table opgave add column kommandoer jsonb not null default '{}';

create table fristindstilling (
    noegle text primary key,
    dage bigint not null,
    kommando_id text not null,
    sat_af text not null,
    sat timestamptz not null,
    raekkeversion bigint not null
);
