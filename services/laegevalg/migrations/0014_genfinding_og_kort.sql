-- One found again while a choice of doctor is under way waits for it (CPR-04).
alter table sikret add column genfinding text;
-- How far the card is at the supplier: it can be stopped until it is drawn (KORT-09, CPR-14).
alter table sag add column kort text;
alter table sag add column annullering jsonb;
alter table valg add column kort text;
update sag set kort = 'BESTILT' where tilstand = 'AFVENTER_IKRAFT' and (
    coalesce(person->>'adresseringsnavn', '') <> '' or coalesce(person->>'fornavn', '') <> ''
    or coalesce(person->>'efternavn', '') <> '');
