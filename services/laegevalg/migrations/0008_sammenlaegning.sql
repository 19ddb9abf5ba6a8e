-- Persons who turned out to be one (CPR-11): the id that is not used any more points to the one that is.
alter table sikret add column afloest_af text;
alter table sikret add column tidligere_ider jsonb not null default '[]';
