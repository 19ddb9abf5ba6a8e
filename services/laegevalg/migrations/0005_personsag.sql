alter table sikret add column praksisnavn text not null default '';

create table personsag (
    forloeb_id text primary key,
    person_id text not null,
    tilstand text not null,
    art text not null,
    kommunekode text not null,
    dag date not null,
    person jsonb not null,
    startet timestamptz not null,
    gruppe text,
    ydernummer text,
    praksisnavn text not null,
    annullering jsonb,
    raekkeversion bigint not null
);

create index personsag_person on personsag (person_id);

alter table valg add column flyttesag text;
