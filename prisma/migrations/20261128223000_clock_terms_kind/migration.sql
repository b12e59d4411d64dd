-- By what a tenant's clocks count can be on record.
DO $$
DECLARE
  kinds text[];
BEGIN
  SELECT array_agg(DISTINCT match[1]) INTO kinds
    FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '([a-z][a-z-]*/v[0-9]+)', 'g') AS match
    WHERE conname = 'evidence_kind' AND conrelid = 'evidence'::regclass;
  ALTER TABLE evidence DROP CONSTRAINT evidence_kind;
  EXECUTE format('ALTER TABLE evidence ADD CONSTRAINT evidence_kind CHECK (kind = ANY (%L::text[]))',
                 kinds || ARRAY['clock-terms-set/v1']);
END $$;
