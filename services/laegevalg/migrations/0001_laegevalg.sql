create table sikret (
    person_id text primary key,
    version bigint not null,
    adresse jsonb,
    kommunekode text,
    foedselsdato date,
    aegtefaelle_id text,
    boern_ider jsonb not null,
    foraeldremyndighed_ider jsonb not null,
    gruppe text,
    gruppe_fra date,
    ydernummer text,
    laege_fra date,
    raekkeversion bigint not null
);

create table sag (
    forloeb_id text primary key,
    person_id text not null,
    tilstand text not null,
    art text not null,
    kommunekode text not null,
    virkningsdato date not null,
    person jsonb not null,
    foretrukne jsonb not null,
    startet timestamptz not null,
    ydernummer text,
    praksisnavn text not null,
    registreringer bigint not null,
    raekkeversion bigint not null
);

create index sag_person on sag (person_id);
