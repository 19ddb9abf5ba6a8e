-- CPR-11: how many numbers a letter was refused under that the person has left since; part of its key at Digital Post.
alter table brev add column afviste_numre bigint not null default 0;
