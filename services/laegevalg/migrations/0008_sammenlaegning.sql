-- Persons who turned out to be one (CPR-11): the id that is not used any more points to the one that is.
alter table sikret add column afloest_af text;
alter table sikret add column tidligere_ider jsonb not null default '[]';
create index sikret_afloest on sikret (afloest_af) where afloest_af is not null;

-- What happened to a person may be taken back (CPR-10), and then be told anew.
alter table personsag add column tilbagekaldt boolean not null default false;
