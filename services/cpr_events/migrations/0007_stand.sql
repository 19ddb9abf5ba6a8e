-- CPR-13, FAM-02: protection and custody are told anew on the day they change by themselves.
alter table person add column stand date;
