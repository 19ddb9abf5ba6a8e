-- The answer to a cancel that waits to hear which letters could be called back (FORL-06).
create table annulleringssvar (
    forloeb_id text primary key,
    person_id text not null,
    tilstand text not null,
    svar jsonb not null,
    venter jsonb not null,
    raekkeversion bigint not null
);
