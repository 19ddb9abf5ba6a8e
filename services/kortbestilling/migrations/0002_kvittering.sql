alter table kort add column uden_kvittering boolean not null default false;
