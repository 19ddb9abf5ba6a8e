alter table bestilling add column flyttet_til date;
alter table valg add column anmodet_tid timestamptz;

create table aendring (
    bestilling_id text primary key,
    kommando jsonb not null,
    raekkeversion bigint not null
);
