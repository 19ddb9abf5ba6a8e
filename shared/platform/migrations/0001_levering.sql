-- The delivery tables of one service, made in the service's own schema before its own tables.

create table position (
    topic text not null,
    part integer not null,
    nr smallint not null generated always as identity,
    began bigint not null,                        -- first offset ever read
    next bigint not null,                         -- the truth about what was received
    received bigint not null default 0,           -- records read, moved together with next
    duplicates bigint not null default 0,         -- of them: ids that were already known
    jumped bigint not null default 0,             -- offsets that were gone before they could be read
    empty bigint not null default 0,              -- offsets that never held a message: markers, compaction
    read_until timestamptz,                       -- real time up to which this partition has been read
    primary key (topic, part)
);

create table handled (
    id bytea primary key,                         -- 16-byte digest of CloudEvents source and id
    nr smallint not null,                         -- position.nr it was read from
    ofs bigint not null,
    done boolean not null                         -- false while it waits in inbox or parked
);
create index handled_not_done on handled (id) where not done;

create table inbox (
    seq bigint primary key generated always as identity,
    order_key text not null,
    origin text not null check (origin in ('kafka', 'deadline', 'effect', 'released')),
    handled_id bytea,                             -- set when it came from Kafka
    frist_id text,                                -- set when it is a deadline that fell due
    topic text not null default '',
    part integer not null default -1,
    ofs bigint not null default -1,
    key bytea,
    value bytea,
    headers bytea not null,
    attempts integer not null default 0,
    next_at timestamptz not null default now(),   -- real time of the next try
    received_at timestamptz not null default now(),
    last_error text not null default '',
    place bigint                                  -- released: its place among the parked of its key, to park it there again
);
create index inbox_key on inbox (order_key, seq);
create index inbox_due on inbox (next_at);
create index inbox_frist on inbox (frist_id) where frist_id is not null;

create table outbox (
    id bigint primary key generated always as identity,
    shard smallint not null,
    topic text not null,
    key bytea not null,
    value bytea not null,
    headers bytea not null,
    state_version bigint                          -- set on compacted topics
);
create index outbox_shard on outbox (shard, id);

create table published_state (                    -- newest state per key of a compacted topic, to publish again
    topic text not null,
    key bytea not null,
    version bigint not null,
    value bytea not null,
    headers bytea not null,
    primary key (topic, key)
);

create table lease (
    shard smallint primary key,
    owner text not null default '',
    epoch bigint not null default 0,
    until timestamptz not null default '-infinity'
);
insert into lease (shard) select generate_series(0, 3);

create table deadline (
    frist_id text primary key,
    order_key text not null,
    due timestamptz not null,                     -- on the hub's clock
    ce_type text not null,
    key bytea not null,
    value bytea not null,
    headers bytea not null,
    set_at timestamptz not null default now()
);
create index deadline_due on deadline (due, frist_id);

create table effect (
    noegle text primary key,
    art text not null,
    order_key text not null,
    value bytea not null,                         -- what to send
    headers bytea not null,                       -- of the message that wanted it
    state text not null default 'wanted' check (state in ('wanted', 'sending', 'done', 'refused', 'unknown')),
    attempts integer not null default 0,
    asked integer not null default 0,
    next_at timestamptz not null default now(),
    claimed_by text not null default '',
    claimed_until timestamptz,
    wanted_at timestamptz not null default now(),
    settled_at timestamptz,
    last_error text not null default ''
);
create index effect_open on effect (next_at) where state in ('wanted', 'sending', 'unknown');

create table parked (
    id bigint primary key generated always as identity,
    place bigint,                                 -- parked again after a release: where it stood before, else null: its id
    order_key text,                               -- null: the bytes are no message
    blocks boolean not null,                      -- later messages of the order key wait behind it
    origin text not null,
    handled_id bytea,
    frist_id text,
    topic text not null,
    part integer not null,
    ofs bigint not null,
    key bytea,
    value bytea,
    headers bytea not null,
    reasons text[] not null,
    attempts integer not null,
    parked_at timestamptz not null default now(),
    resolved_at timestamptz,
    resolution text check (resolution in ('released', 'discarded')),
    resolved_by text,
    note text
);
create index parked_open on parked (order_key, id) where resolved_at is null;

create table tally (                              -- counted where it is decided, compared by the balance
    name text not null,
    shard smallint not null,
    n bigint not null,
    primary key (name, shard)
);

create table klokke (
    id boolean primary key default true check (id),
    forskydning_ms bigint not null default 0,
    version bigint not null default 0,
    stillet timestamptz not null default '-infinity'   -- real time it was applied here
);
insert into klokke default values;
