-- A command to cancel that was handed on is answered once (FORL-05).
create table annullering (
    kommando_id text primary key,
    modtaget timestamptz not null,
    raekkeversion bigint not null
);
