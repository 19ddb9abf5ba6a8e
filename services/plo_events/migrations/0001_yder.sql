create table yder (
    ydernummer text primary key,
    version bigint not null,
    navn text not null,
    kommunekode text not null,
    postnummer text,
    status text not null,
    lukkegraense bigint not null,
    maksgraense bigint not null,
    optagne bigint not null,
    aabne_postnumre jsonb not null,
    gyldig_fra date,
    gyldig_til date,
    opdateret timestamptz not null,
    raekkeversion bigint not null
);

create index yder_kommune on yder (kommunekode, ydernummer);

create table plads (
    forloeb_id text primary key,
    person_id text not null,
    tilstand text not null,
    kommunekode text not null,
    ydernummer text,
    praksisnavn text not null,
    grund text not null,
    anmodet timestamptz not null,
    raekkeversion bigint not null
);

create index plads_person on plads (person_id);
create index plads_holdt on plads (ydernummer) where tilstand = 'RESERVERET';
