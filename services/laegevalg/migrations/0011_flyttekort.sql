-- FLYT-06: the ordered card of a choice that is stopped for that of a move, or was.
alter table valg add column flyttekort text;

-- FLYT-01: the choices in progress of the person an order is for.
create index valg_i_gang_cpr on valg ((person->>'cpr'))
    where tilstand not in ('TRAADT_I_KRAFT', 'AFVIST', 'ANNULLERET');
