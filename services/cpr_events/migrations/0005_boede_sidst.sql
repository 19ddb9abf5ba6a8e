-- Whose task it is when a person has no address any more (CPR-10).
alter table person add column boede_sidst text;
update person set boede_sidst = kommunekode;
