-- Every group and doctor a person has been registered with; until now only the newest was kept, without when it was registered.
alter table sikret add column historik jsonb not null default '[]';

update sikret set historik =
    case when gruppe_fra is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
        'art', 'GRUPPE', 'vaerdi', gruppe, 'fra', gruppe_fra, 'registreret', null)) end
    || case when laege_fra is null then '[]'::jsonb else jsonb_build_array(jsonb_build_object(
        'art', 'LAEGE', 'vaerdi', ydernummer, 'fra', laege_fra, 'registreret', null)) end
where gruppe_fra is not null or laege_fra is not null;

-- What the read API looks up: who lives at an address, whom a person has custody of or is guardian for, a person's letters.
create index sikret_adresse on sikret ((
    (adresse->>'kommunekode') || '/' || (adresse->>'vejkode') || '/' ||
    (adresse->>'postnummer') || '/' || (adresse->>'linje')
));
create index sikret_myndighed on sikret using gin (foraeldremyndighed_ider) where foraeldremyndighed_ider <> '[]';
create index brevforloeb_person on brevforloeb (person_id);
