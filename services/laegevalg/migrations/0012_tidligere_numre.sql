-- CPR-11: a number given up is an alias: who asks or orders by it means the person.
alter table sikret add column tidligere_cpr jsonb not null default '[]';
create index sikret_tidligere_cpr on sikret using gin (tidligere_cpr) where tidligere_cpr <> '[]';
