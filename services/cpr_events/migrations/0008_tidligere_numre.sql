-- Who had a number before: told of first under the new one, his id does not follow from the old (CPR-11).
create index person_tidligere_cpr on person using gin ((snapshot->'tidligere_cpr'))
    where snapshot->'tidligere_cpr' <> '[]';
