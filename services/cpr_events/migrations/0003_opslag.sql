create table cpr_opslag (
    opslag_id text primary key,
    noegle text not null,
    ordensnoegle text not null,
    cpr text not null,
    kanal text not null,
    aktoer text not null,
    rolle text not null,
    kommunekode text not null,
    grund text not null,
    bestilt timestamptz not null,
    modtaget timestamptz not null,
    tilstand text not null,
    gebyr boolean not null,
    hentet timestamptz,
    person_id text,
    fejl text,
    raekkeversion bigint not null
);

create index cpr_opslag_kommune on cpr_opslag (kommunekode, bestilt);

create table ventende (
    ventende_id text primary key,
    beskeder jsonb not null,
    raekkeversion bigint not null
);
