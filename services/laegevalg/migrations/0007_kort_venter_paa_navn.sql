-- The forløb that owes a child without a name its health card (CPR-15).
alter table sikret add column kort_venter_paa_navn text;
