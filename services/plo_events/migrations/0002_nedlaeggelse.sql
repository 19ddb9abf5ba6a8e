alter table yder add column nedlaegges date;
alter table yder add column nedlaeggelse_meddelt timestamptz;
alter table plads add column virkningsdato date;
alter table plads add column lukket boolean not null default false;
