-- What became of a letter is kept from when it is heard, which may be before its forløb is cancelled (FORL-06).
alter table annulleringssvar alter column svar drop not null;
alter table annulleringssvar add column hoert jsonb not null default '[]';

-- A forløb may have had two letters of a type, so those that are waited for go by their id.
update annulleringssvar set venter = (
    select jsonb_agg(jsonb_build_object('brevtype', type, 'brev_id', case type
        when 'SUNDHEDSKORTKVITTERING' then forloeb_id || ':kort:kvittering'
        when 'LAEGEVALGSBREV' then forloeb_id || ':laegevalgsbrev'
        else forloeb_id || ':laegevalgskvittering'
    end))
    from jsonb_array_elements_text(venter) type
) where jsonb_array_length(venter) > 0;
