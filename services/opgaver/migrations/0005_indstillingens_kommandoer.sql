-- OPG-09, OPG-10: which commands about a setting are known, so that one sent again is not answered again.
alter table fristindstilling add column kommandoer jsonb not null default '{}';
