-- What people have done to the delivery of this service: who, what, to which row, and why. Written in the transaction
-- that did it, never changed.

create table operator_action (
    id bigint primary key generated always as identity,
    at timestamptz not null default now(),        -- real time
    who text not null,
    what text not null,                           -- parked.release, deadlines.move, effects.settle ...
    target text not null,                         -- id of what was parked, frist_id, or noegle of an effect
    order_key text not null default '',
    why text not null,
    detail jsonb not null default '{}'            -- what was before and what is after
);
create index operator_action_target on operator_action (target);
