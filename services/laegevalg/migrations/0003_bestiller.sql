alter table valg add column borger_cpr text;
