-- FLYT-06: the ordered card of a choice that is stopped for that of a move, or was.
alter table valg add column flyttekort text;
