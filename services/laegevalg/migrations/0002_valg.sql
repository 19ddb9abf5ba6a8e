alter table sikret add column cpr text;
alter table sikret add column person jsonb;
alter table sikret add column aabne_valg jsonb not null default '[]';
alter table sikret add column aabne_breve jsonb not null default '[]';

create index sikret_cpr on sikret (cpr);

create table bestilling (
    bestilling_id text primary key,
    forloeb_id text not null,
    tilstand text not null,
    cpr text not null,
    bestilt jsonb not null,
    modtaget timestamptz not null,
    person_id text,
    raekkeversion bigint not null
);

create index bestilling_venter on bestilling (cpr) where tilstand = 'AFVENTER_PERSON';

create table valg (
    forloeb_id text primary key,
    person_id text not null,
    tilstand text not null,
    kommunekode text not null,
    noegle text not null,
    bestilling_id text not null,
    kanal text not null,
    aktoer text not null,
    rolle text not null,
    bestilt timestamptz not null,
    ydernummer text not null,
    virkningsdato date not null,
    person jsonb not null,
    gruppe text not null,
    startet timestamptz not null,
    betalingskort text,
    dispensationsregel text,
    altid_aaben boolean not null,
    praksisnavn text not null,
    lukket boolean not null,
    reserveret boolean not null,
    gebyr_oere bigint not null,
    anmodet boolean not null,
    leveret timestamptz,
    godkendt text,
    kort_bestilt boolean not null,
    svar jsonb not null,
    annullering jsonb,
    raekkeversion bigint not null
);

create index valg_person on valg (person_id);

create table brevforloeb (
    forloeb_id text primary key,
    person_id text not null,
    tilstand text not null,
    kommunekode text not null,
    cpr text not null,
    praksisnavn text not null,
    grund text not null,
    startet timestamptz not null,
    raekkeversion bigint not null
);
