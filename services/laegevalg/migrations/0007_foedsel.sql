-- The forløb that owes a child without a name its health card (CPR-15).
alter table sikret add column kort_venter_paa_navn text;
-- The parents of the child have different doctors, and have to choose (FAM-06).
alter table sag add column foraeldre_skal_vaelge boolean not null default false;
