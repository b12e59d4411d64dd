-- The life cycle of an erasure request: identity, duplicates, plans by version, batches, and who did what.

ALTER TABLE erasure_request DROP CONSTRAINT erasure_request_state;
ALTER TABLE erasure_request ADD CONSTRAINT erasure_request_state CHECK (state IN (
  'RECEIVED', 'IDENTITY_PENDING', 'VERIFIED', 'PLANNED', 'APPROVED', 'UNLEARNING', 'AUDITING', 'ERASING', 'BLOCKED',
  'FULFILLED', 'REJECTED', 'WITHDRAWN'));

-- Kinds are added to whatever other migrations allow, in any order.
DO $$
DECLARE
  known text[];
BEGIN
  SELECT array_agg(DISTINCT kind ORDER BY kind) INTO known FROM (
    SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z-]+/v[0-9]+)''', 'g'))[1] AS kind
    FROM pg_constraint WHERE conname = 'evidence_kind' AND conrelid = 'evidence'::regclass
    UNION SELECT unnest(ARRAY['identity-check-begun/v1', 'erasure-batched/v1'])) AS kinds;
  ALTER TABLE evidence DROP CONSTRAINT evidence_kind;
  EXECUTE format('ALTER TABLE evidence ADD CONSTRAINT evidence_kind CHECK (kind = ANY (%L::text[]))', known);
END $$;

CREATE TABLE erasure_batch (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz(6) NOT NULL,
  started_at timestamptz(6),
  CONSTRAINT erasure_batch_pkey PRIMARY KEY (tenant_id, id)
);

ALTER TABLE erasure_request
  ADD COLUMN identity_method text,
  ADD COLUMN batch_id uuid,
  ADD CONSTRAINT erasure_request_identity_method
    CHECK (identity_method IN ('SIGNED_IN', 'DOCUMENT', 'MAIL_CHALLENGE', 'OTHER')),
  ADD CONSTRAINT erasure_request_tenant_id_batch_id_fkey FOREIGN KEY (tenant_id, batch_id)
    REFERENCES erasure_batch (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE;
CREATE INDEX erasure_request_tenant_id_batch_id_idx ON erasure_request (tenant_id, batch_id);
CREATE INDEX erasure_request_tenant_id_owner_id_idx ON erasure_request (tenant_id, owner_id);

-- Requests that ask for the same, as they were found when the later one came in. Holds no content id.
CREATE TABLE erasure_link (
  tenant_id uuid NOT NULL,
  request_id uuid NOT NULL,
  earlier_id uuid NOT NULL,
  relation text NOT NULL CHECK (relation IN ('SAME_SET', 'OVERLAPPING_SET', 'SAME_SUBJECT')),
  shared_count int NOT NULL CHECK (shared_count >= 0),
  CONSTRAINT erasure_link_pkey PRIMARY KEY (tenant_id, request_id, earlier_id),
  CONSTRAINT erasure_link_tenant_id_request_id_fkey FOREIGN KEY (tenant_id, request_id)
    REFERENCES erasure_request (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT erasure_link_tenant_id_earlier_id_fkey FOREIGN KEY (tenant_id, earlier_id)
    REFERENCES erasure_request (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX erasure_link_tenant_id_earlier_id_idx ON erasure_link (tenant_id, earlier_id);

-- Who is behind an entry of the log, and their words: personal, so it stays in the tenant's tables.
CREATE TABLE evidence_author (
  tenant_id uuid NOT NULL,
  seq bigint NOT NULL,
  user_id uuid NOT NULL,
  reason text,
  CONSTRAINT evidence_author_pkey PRIMARY KEY (tenant_id, seq)
);

ALTER TABLE plan_item
  ADD COLUMN estimate jsonb,
  ADD COLUMN basis text,
  DROP CONSTRAINT plan_item_action,
  ADD CONSTRAINT plan_item_action CHECK (action IN ('UNLEARN', 'RETRAIN', 'RETIRE', 'DESTROY', 'RETAIN')),
  DROP CONSTRAINT plan_item_recipe,
  ADD CONSTRAINT plan_item_recipe CHECK (action NOT IN ('UNLEARN', 'RETRAIN') OR unlearning IS NOT NULL),
  -- Whatever is kept has its reason in law, in words.
  ADD CONSTRAINT plan_item_basis CHECK ((action = 'RETAIN') = (basis IS NOT NULL));
CREATE INDEX plan_item_tenant_id_result_version_id_idx ON plan_item (tenant_id, result_version_id);

-- What an hour of device time costs the tenant; nothing where nobody said.
ALTER TABLE tenant
  ADD COLUMN device_hour_price numeric(12, 4),
  ADD COLUMN currency text,
  ADD CONSTRAINT tenant_price CHECK (
    (device_hour_price IS NULL) = (currency IS NULL) AND (device_hour_price IS NULL OR device_hour_price >= 0)
    AND (currency IS NULL OR currency ~ '^[A-Z]{3}$'));

-- What a picture looks like, for finding re-encoded copies of it; goes with its row.
ALTER TABLE sample ADD COLUMN look bytea, ADD CONSTRAINT sample_look CHECK (look IS NULL OR octet_length(look) = 200);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['erasure_batch', 'erasure_link', 'evidence_author'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())',
      tenant_table);
  END LOOP;
  FOREACH tenant_table IN ARRAY ARRAY['erasure_link', 'evidence_author'] LOOP
    EXECUTE format(
      'CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()',
      tenant_table);
    EXECUTE format(
      'CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
      tenant_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', tenant_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', tenant_table);
  END LOOP;
END $$;

GRANT SELECT ON erasure_batch, erasure_link, evidence_author TO lethe_gateway, lethe_registrar;
GRANT INSERT ON erasure_batch, erasure_link, evidence_author TO lethe_gateway;
GRANT UPDATE (started_at) ON erasure_batch TO lethe_gateway;
