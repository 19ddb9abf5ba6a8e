alter table sikret add column fraflyttet_kommune text;
alter table sikret add column fraflyttet date;
alter table sikret add column oplyst date;

create index bestilling_venter_bestiller on bestilling ((bestilt->>'borger_cpr')) where tilstand = 'AFVENTER_PERSON';
