-- Filters that caseworkers save (OPG-07).
create table gemt_filter (
    filter_id text primary key,
    kommunekode text not null,
    ejer text not null,
    overblik text not null,
    navn text not null,
    kriterier jsonb not null,
    gemt_af text not null,
    gemt timestamptz not null,
    version bigint not null,
    er_slettet boolean not null,
    kommandoer jsonb not null,
    raekkeversion bigint not null
);

create index gemt_filter_kommune on gemt_filter (kommunekode) where not er_slettet;
