-- CPR-11: the id of a person who turned out to be another one; letters go to the other.
alter table modtager add column afloest_af text;

-- FORL-10: the letters of a forløb.
create index brev_forloeb on brev (forloeb_id);
create index praksisbrev_forloeb on praksisbrev (forloeb_id);
