create table praksisbrev (
    brev_id text primary key,
    forloeb_id text not null,
    person_id text not null,
    kommunekode text not null,
    ydernummer text not null,
    praksisnavn text not null,
    anmodning boolean not null,
    titel text not null,
    tekst text not null,
    tilstand text not null,
    anmodet timestamptz not null,
    leveret timestamptz,
    forsendelse_id text,
    grund text,
    raekkeversion bigint not null
);
