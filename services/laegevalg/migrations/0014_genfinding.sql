-- One found again while a choice of doctor is under way waits for it (CPR-04).
alter table sikret add column genfinding text;
