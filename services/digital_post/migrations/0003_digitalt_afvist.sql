-- Whether Digital Post has refused to take a letter to the mailbox: from then on it goes on paper, under a key of its own.
alter table brev add column digitalt_afvist boolean not null default false;
