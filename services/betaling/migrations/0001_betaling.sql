create table betaling (
    reservation_id text primary key,
    forloeb_id text not null,
    person_id text not null,
    kommunekode text not null,
    betalingskort text not null,
    tilstand text not null,
    beloeb_oere bigint not null,
    gebyraar bigint not null,
    verificeret boolean not null,
    anmodet timestamptz not null,
    reserveret timestamptz,
    payment_id text,
    traek_id text,
    grund text,
    raekkeversion bigint not null
);

create index betaling_forloeb on betaling (forloeb_id);
