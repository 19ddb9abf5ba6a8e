-- BET-13: the day of the move that makes a change of doctor free.
alter table valg add column fri_efter_flytning date;
