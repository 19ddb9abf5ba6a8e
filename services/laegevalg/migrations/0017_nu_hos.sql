-- Forløb that began under an id given up are found by the one that the person goes by now (CPR-11).
alter table sag add column nu_hos text;
alter table valg add column nu_hos text;
alter table personsag add column nu_hos text;
update sag set nu_hos = s.afloest_af from sikret s where s.person_id = sag.person_id and s.afloest_af is not null;
update valg set nu_hos = s.afloest_af from sikret s where s.person_id = valg.person_id and s.afloest_af is not null;
update personsag set nu_hos = s.afloest_af from sikret s
    where s.person_id = personsag.person_id and s.afloest_af is not null;
create index sag_nu_hos on sag (nu_hos) where nu_hos is not null;
create index valg_nu_hos on valg (nu_hos) where nu_hos is not null;
create index personsag_nu_hos on personsag (nu_hos) where nu_hos is not null;
