-- California DROP: the list of requests is fetched at least every 45 days, and it is on record when it was.
CREATE TABLE list_access (
  tenant_id uuid NOT NULL,
  at timestamptz(3) NOT NULL,
  recorded_by uuid NOT NULL,
  CONSTRAINT list_access_pkey PRIMARY KEY (tenant_id, at)
);
ALTER TABLE list_access ENABLE ROW LEVEL SECURITY;
ALTER TABLE list_access FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON list_access USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON list_access FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON list_access FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE list_access ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE list_access ENABLE ALWAYS TRIGGER no_truncate;
GRANT SELECT ON list_access TO lethe_gateway, lethe_registrar;
GRANT INSERT ON list_access TO lethe_gateway;

DO $$
DECLARE
  kinds text[];
BEGIN
  SELECT array_agg(DISTINCT named.kind[1]) INTO kinds
    FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '([a-z][a-z-]*/v[0-9]+)', 'g') AS named (kind)
    WHERE conname = 'evidence_kind' AND conrelid = 'evidence'::regclass;
  ALTER TABLE evidence DROP CONSTRAINT evidence_kind;
  EXECUTE format('ALTER TABLE evidence ADD CONSTRAINT evidence_kind CHECK (kind = ANY (%L::text[]))',
                 kinds || ARRAY['request-list-fetched/v1']);
END $$;
