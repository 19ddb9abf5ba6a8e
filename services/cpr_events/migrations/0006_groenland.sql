-- NORD-01: who came home from Greenland by a move is told to enter, once.
alter table person add column i_groenland boolean not null default false;
update person set i_groenland = true where status in ('05', '07');
