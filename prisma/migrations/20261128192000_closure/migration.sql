-- Deleted means deleted: what derives from forgotten samples, what is done about it, and the right to do it.

-- Redaction: a pack without the forgotten samples takes the place of the one that held them.
ALTER TABLE run DROP CONSTRAINT run_kind;
ALTER TABLE run ADD CONSTRAINT run_kind CHECK (kind IN ('ingest', 'pretrain', 'unlearn', 'audit', 'redact'));
ALTER TABLE dataset_version
  ADD COLUMN samples_digest text,
  ADD COLUMN samples_size bigint,
  ADD COLUMN redacted_count int NOT NULL DEFAULT 0,
  ADD COLUMN upload_destroyed_at timestamptz(6),
  DROP CONSTRAINT dataset_version_state,
  ADD CONSTRAINT dataset_version_state CHECK (state IN ('INGESTING', 'READY', 'FAILED', 'ERASED')),
  ADD CONSTRAINT dataset_version_redacted CHECK (redacted_count >= 0);
ALTER TABLE model_version
  ADD COLUMN destroyed_at timestamptz(6),
  ADD CONSTRAINT model_version_destroyed
    CHECK (destroyed_at IS NULL OR state IN ('RETIRED', 'REJECTED', 'FAILED'));

ALTER TABLE erasure_request DROP CONSTRAINT erasure_request_state;
ALTER TABLE erasure_request ADD CONSTRAINT erasure_request_state CHECK (state IN (
  'RECEIVED', 'VERIFIED', 'PLANNED', 'APPROVED', 'UNLEARNING', 'AUDITING', 'ERASING', 'BLOCKED', 'FULFILLED',
  'REJECTED', 'WITHDRAWN'));

CREATE TABLE erasure_thing (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  request_id uuid NOT NULL,
  thing text NOT NULL,
  ref_id uuid NOT NULL,
  label text NOT NULL,
  action text NOT NULL,
  basis text,
  state text NOT NULL DEFAULT 'PLANNED',
  blobs jsonb NOT NULL DEFAULT '[]',
  receipt_seq bigint,
  created_at timestamptz(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT erasure_thing_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT erasure_thing_tenant_id_request_id_fkey FOREIGN KEY (tenant_id, request_id)
    REFERENCES erasure_request (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT erasure_thing_action CHECK (action IN ('UNLEARN', 'RETRAIN', 'DESTROY', 'RETAIN')),
  CONSTRAINT erasure_thing_state CHECK (state IN ('PLANNED', 'FORGOTTEN', 'RETRAINED', 'DESTROYED', 'RETAINED')),
  -- Whatever is kept has its reason in words.
  CONSTRAINT erasure_thing_basis CHECK ((action <> 'RETAIN' AND state <> 'RETAINED') OR basis IS NOT NULL)
);
CREATE UNIQUE INDEX erasure_thing_tenant_id_request_id_thing_ref_id_key
  ON erasure_thing (tenant_id, request_id, thing, ref_id);
ALTER TABLE erasure_thing ENABLE ROW LEVEL SECURITY;
ALTER TABLE erasure_thing FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON erasure_thing USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());

-- Nobody takes a thing off the list once it is on it.
CREATE TRIGGER kept BEFORE DELETE ON erasure_thing FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON erasure_thing FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE erasure_thing ENABLE ALWAYS TRIGGER kept;
ALTER TABLE erasure_thing ENABLE ALWAYS TRIGGER no_truncate;

GRANT SELECT, INSERT, UPDATE ON erasure_thing TO lethe_gateway, lethe_registrar;
GRANT DELETE, UPDATE (index, near_duplicate_of) ON sample TO lethe_registrar;
GRANT DELETE ON forget_set_sample TO lethe_registrar;
GRANT SELECT, DELETE ON idempotency_key TO lethe_registrar;

-- A forget set is frozen until its request erases: then it goes with the samples that it names.
CREATE FUNCTION refuse_change_unless_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (
    SELECT FROM public.erasure_request r
    WHERE r.tenant_id = OLD.tenant_id AND r.id = OLD.request_id AND r.state = 'ERASING')
  THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only (% refused)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER append_only ON forget_set_sample;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON forget_set_sample
  FOR EACH ROW EXECUTE FUNCTION refuse_change_unless_erasing();
ALTER TABLE forget_set_sample ENABLE ALWAYS TRIGGER append_only;

-- What the registrar must erase, oldest first; nothing of the requests themselves.
CREATE FUNCTION erasing_requests()
RETURNS TABLE (tenant_id uuid, request_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.tenant_id, r.id FROM erasure_request r WHERE r.state = 'ERASING' ORDER BY r.received_at, r.id
$$;
DO $$
BEGIN
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  REVOKE ALL ON FUNCTION erasing_requests() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION erasing_requests() TO lethe_registrar;
  ALTER FUNCTION erasing_requests() OWNER TO lethe_platform;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
