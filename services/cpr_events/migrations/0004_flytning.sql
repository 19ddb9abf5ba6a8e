-- Where a person lived when an approved move took effect: a move withdrawn after its day takes him back.
alter table flytning add column foer jsonb;
