-- BET-13: the day of the move that makes a change of doctor free.
alter table valg add column fri_efter_flytning date;

-- IND-01, FAM-05: the entry that is to give the person a doctor, for the family that waits for it.
alter table sikret add column soeger_laege text;
alter table sikret add column ventes_af jsonb not null default '[]';
