-- Archives of the evidence of one erasure request: asked for, made by the registrar, kept among the tenant's blobs.
CREATE TABLE "evidence_bundle" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'QUEUED',
    "requested_by" UUID,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "log_size" BIGINT,
    "pinned_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "digest" TEXT,
    "size" BIGINT,
    "failure" JSONB,
    "settled_at" TIMESTAMPTZ(6),

    CONSTRAINT "evidence_bundle_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE INDEX "evidence_bundle_tenant_id_request_id_idx" ON "evidence_bundle"("tenant_id", "request_id");
CREATE INDEX evidence_bundle_queued ON evidence_bundle (requested_at) WHERE state = 'QUEUED';
ALTER TABLE evidence_bundle
  ADD CONSTRAINT evidence_bundle_state CHECK (state IN ('QUEUED', 'READY', 'FAILED')),
  ADD CONSTRAINT evidence_bundle_pinned CHECK ((log_size IS NULL) = (pinned_at IS NULL)),
  ADD CONSTRAINT evidence_bundle_settled CHECK ((state = 'QUEUED') = (settled_at IS NULL)),
  ADD CONSTRAINT evidence_bundle_ready
    CHECK ((state = 'READY') = (digest IS NOT NULL AND size IS NOT NULL) AND (state <> 'READY' OR log_size IS NOT NULL)),
  ADD CONSTRAINT evidence_bundle_failed CHECK ((state = 'FAILED') = (failure IS NOT NULL));

ALTER TABLE evidence_bundle ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence_bundle FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON evidence_bundle USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());

-- Who asks cannot say what came of it.
GRANT SELECT, INSERT (id, tenant_id, request_id, requested_by, requested_at) ON evidence_bundle
  TO lethe_gateway, lethe_registrar;
GRANT UPDATE (state, log_size, pinned_at, attempts, digest, size, failure, settled_at) ON evidence_bundle
  TO lethe_registrar;

-- A bundle that is settled stays as it is, and a size of the log once chosen is kept.
CREATE FUNCTION freeze_bundle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'QUEUED' AND (OLD.log_size IS NULL OR OLD.log_size = NEW.log_size) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a settled evidence bundle does not change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER frozen BEFORE UPDATE ON evidence_bundle FOR EACH ROW EXECUTE FUNCTION freeze_bundle();
CREATE TRIGGER kept BEFORE DELETE ON evidence_bundle FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON evidence_bundle FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE evidence_bundle ENABLE ALWAYS TRIGGER frozen;
ALTER TABLE evidence_bundle ENABLE ALWAYS TRIGGER kept;
ALTER TABLE evidence_bundle ENABLE ALWAYS TRIGGER no_truncate;

CREATE FUNCTION bundle_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('lethe_bundle', '');
  RETURN NULL;
END $$;
CREATE TRIGGER bundle_notify AFTER INSERT ON evidence_bundle FOR EACH STATEMENT EXECUTE FUNCTION bundle_notify();

-- What the registrar has to make, of every tenant, oldest first; nothing of what is in it.
GRANT SELECT (tenant_id, id, state, requested_at) ON evidence_bundle TO lethe_platform;
CREATE POLICY platform_read ON evidence_bundle FOR SELECT TO lethe_platform USING (true);
CREATE FUNCTION bundle_queue()
RETURNS TABLE (tenant_id uuid, bundle_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.tenant_id, b.id FROM evidence_bundle b WHERE b.state = 'QUEUED' ORDER BY b.requested_at, b.id
$$;
GRANT CREATE ON SCHEMA public TO lethe_platform;
REVOKE ALL ON FUNCTION bundle_queue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bundle_queue() TO lethe_registrar;
ALTER FUNCTION bundle_queue() OWNER TO lethe_platform;
REVOKE CREATE ON SCHEMA public FROM lethe_platform;
