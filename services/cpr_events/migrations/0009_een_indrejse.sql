-- CPR-09: A05 and A04 of one day are one entry: what was told by A05 is known under the common mark.
update person set sket = replace(sket::text, '"sum": "INDREJST"', '"sum": "GENINDREJST"')::jsonb
    where sket::text like '%"sum": "INDREJST"%';
