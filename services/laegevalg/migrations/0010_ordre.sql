-- Orders of a caseworker at entry (IND-03), choices that wait for a move (FLYT-01).
alter table valg add column anledning text;
alter table valg add column ny_gruppe text;
alter table valg add column kun_i_kommunen boolean not null default false;
alter table valg add column flytning jsonb;
alter table valg add column dispenseret text;

alter table sikret add column indrejse jsonb;
alter table sikret add column indrejsevalg jsonb not null default '[]';
alter table sikret add column meldt_flytning jsonb;

create index bestilling_indrejse on bestilling (cpr)
    where coalesce(bestilt->>'anledning', bestilt->>'gruppe') is not null;
