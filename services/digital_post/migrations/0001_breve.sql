create table brev (
    brev_id text primary key,
    forloeb_id text not null,
    person_id text not null,
    kommunekode text not null,
    brevtype text not null,
    felter jsonb not null,
    automatisk boolean not null,
    tilstand text not null,
    anmodet timestamptz not null,
    forsoeg bigint not null,
    cpr text,
    kanal text,
    forsendelse_id text,
    afsendt timestamptz,
    grund text,
    raekkeversion bigint not null
);

create table modtager (
    person_id text primary key,
    version bigint not null,
    person jsonb,
    ventende jsonb not null,
    raekkeversion bigint not null
);
