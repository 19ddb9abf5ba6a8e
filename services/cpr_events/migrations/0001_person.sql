create table person (
    person_id text primary key,
    cpr text not null,
    version bigint not null,
    leverance date not null,
    status text not null,
    kommunekode text,
    beskyttet boolean not null,
    snapshot jsonb not null,
    ikke_anvendte jsonb not null,
    raekkeversion bigint not null
);

create index person_cpr on person (cpr);

create table personnummer (
    cpr text primary key,
    person_id text not null,
    raekkeversion bigint not null
);

create index personnummer_person on personnummer (person_id);
