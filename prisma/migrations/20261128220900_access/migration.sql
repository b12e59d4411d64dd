-- Who may do what: keys, an auditor's grants, changes of membership, and what the platform allows a tenant.

-- Evidence kinds are added to those that are there, whatever these are.
DO $$
DECLARE
  kinds text[];
BEGIN
  SELECT array_agg(DISTINCT match[1]) INTO kinds
  FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '[a-z-]+/v[0-9]+', 'g') AS match
  WHERE conname = 'evidence_kind';
  kinds := kinds || ARRAY['member-changed/v1', 'api-key-changed/v1', 'auditor-access-changed/v1', 'tenant-changed/v1'];
  ALTER TABLE evidence DROP CONSTRAINT evidence_kind;
  EXECUTE format('ALTER TABLE evidence ADD CONSTRAINT evidence_kind CHECK (kind IN (%s))',
                 (SELECT string_agg(quote_literal(kind), ', ' ORDER BY kind) FROM unnest(kinds) AS kind));
END $$;

-- What the platform allows ------------------------------------------------------------------------------------------
-- Null: no bound of its own.
ALTER TABLE tenant
  ADD COLUMN suspended_at TIMESTAMPTZ(6),
  ADD COLUMN suspended_reason TEXT,
  ADD COLUMN max_concurrent_runs INTEGER,
  ADD COLUMN max_storage_bytes BIGINT,
  ADD COLUMN max_requests_per_minute INTEGER,
  ADD COLUMN max_members INTEGER,
  ADD CONSTRAINT tenant_suspended CHECK ((suspended_at IS NULL) = (suspended_reason IS NULL)),
  ADD CONSTRAINT tenant_quota CHECK (max_concurrent_runs > 0 AND max_storage_bytes > 0
                                     AND max_requests_per_minute > 0 AND max_members > 0);

-- API keys ----------------------------------------------------------------------------------------------------------
CREATE TABLE "api_key" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "digest" TEXT NOT NULL,
    "requests_per_minute" INTEGER,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6),
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" UUID,

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE UNIQUE INDEX "api_key_digest_key" ON "api_key"("digest");
CREATE INDEX "api_key_tenant_id_user_id_idx" ON "api_key"("tenant_id", "user_id");
ALTER TABLE api_key
  ADD CONSTRAINT api_key_role CHECK (role IN ('tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor')),
  ADD CONSTRAINT api_key_digest CHECK (digest ~ '^[0-9a-f]{64}$'),
  ADD CONSTRAINT api_key_rate CHECK (requests_per_minute > 0);

-- An external auditor's cases ---------------------------------------------------------------------------------------
CREATE TABLE "auditor_grant" (
    "id" UUID NOT NULL,
    "tenant_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "request_ids" UUID[] NOT NULL,
    "reason" TEXT NOT NULL,
    "granted_by" UUID NOT NULL,
    "granted_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" UUID,

    CONSTRAINT "auditor_grant_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE INDEX "auditor_grant_tenant_id_user_id_idx" ON "auditor_grant"("tenant_id", "user_id");
ALTER TABLE auditor_grant
  ADD CONSTRAINT auditor_grant_cases CHECK (cardinality(request_ids) BETWEEN 1 AND 100),
  ADD CONSTRAINT auditor_grant_period CHECK (expires_at > granted_at);

-- Every change of membership, whoever made it and by which way: a trigger writes them in the transaction of the change.
CREATE TABLE "membership_change" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "user_id" UUID NOT NULL,
    "previous_role" TEXT,
    "role" TEXT,
    "actor_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "evidence_seq" BIGINT,

    CONSTRAINT "membership_change_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE INDEX "membership_change_tenant_id_user_id_number_idx" ON "membership_change"("tenant_id", "user_id", "number");
CREATE INDEX membership_change_unrecorded ON membership_change (number) WHERE evidence_seq IS NULL;
ALTER TABLE membership_change
  ADD CONSTRAINT membership_change_change CHECK (role IS DISTINCT FROM previous_role);

DO $$
DECLARE
  owned text;
BEGIN
  FOREACH owned IN ARRAY ARRAY['api_key', 'auditor_grant', 'membership_change'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', owned);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', owned);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())', owned);
    EXECUTE format('CREATE TRIGGER kept BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', owned);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', owned);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER kept', owned);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', owned);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at, revoked_by) ON api_key TO lethe_gateway;
GRANT SELECT, INSERT, UPDATE (revoked_at, revoked_by) ON auditor_grant TO lethe_gateway;
-- Nobody can make one up.
GRANT SELECT, UPDATE (evidence_seq) ON membership_change TO lethe_gateway;
GRANT SELECT ON api_key, auditor_grant, membership_change TO lethe_registrar;

-- What was taken away stays taken away, and what is on record stays on record.
CREATE FUNCTION keep_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.revoked_at IS NULL OR OLD.revoked_at = NEW.revoked_at THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'what was revoked in % stays revoked', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER revoked_for_good BEFORE UPDATE ON api_key FOR EACH ROW EXECUTE FUNCTION keep_revoked();
CREATE TRIGGER revoked_for_good BEFORE UPDATE ON auditor_grant FOR EACH ROW EXECUTE FUNCTION keep_revoked();
CREATE FUNCTION record_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.evidence_seq IS NULL THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a change of membership is recorded once' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER recorded_once BEFORE UPDATE ON membership_change FOR EACH ROW EXECUTE FUNCTION record_once();

-- Across the schemas ------------------------------------------------------------------------------------------------
-- The identity provider's tables change by several ways: invitation, single sign-on, administration. Who did it is
-- what the transaction says in app.actor_id; nobody, where a person joined by themselves.
GRANT INSERT (tenant_id, user_id, previous_role, role, actor_id) ON membership_change TO lethe_platform;
GRANT SELECT (tenant_id, number, evidence_seq) ON membership_change TO lethe_platform;
GRANT USAGE ON SEQUENCE membership_change_number_seq TO lethe_platform;
CREATE POLICY platform_write ON membership_change FOR INSERT TO lethe_platform WITH CHECK (true);
CREATE POLICY platform_read ON membership_change FOR SELECT TO lethe_platform USING (true);
CREATE FUNCTION note_membership_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW."role" = OLD."role" THEN RETURN NULL; END IF;
  INSERT INTO membership_change (tenant_id, user_id, previous_role, role, actor_id)
  VALUES (coalesce(NEW."organizationId", OLD."organizationId")::uuid, coalesce(NEW."userId", OLD."userId")::uuid,
          OLD."role", NEW."role", nullif(current_setting('app.actor_id', true), '')::uuid);
  RETURN NULL;
END $$;
CREATE TRIGGER membership_change AFTER INSERT OR DELETE OR UPDATE ON auth."member"
  FOR EACH ROW EXECUTE FUNCTION note_membership_change();
ALTER TABLE auth."member" ENABLE ALWAYS TRIGGER membership_change;

CREATE FUNCTION tenants_with_membership_changes()
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.tenant_id FROM membership_change c WHERE c.evidence_seq IS NULL GROUP BY c.tenant_id ORDER BY min(c.number)
$$;

-- Whose key it is; the caller has hashed what was sent, and finds nothing else.
GRANT SELECT (tenant_id, id, user_id, role, digest, requests_per_minute, expires_at, revoked_at, last_used_at)
  ON api_key TO lethe_platform;
CREATE POLICY platform_read ON api_key FOR SELECT TO lethe_platform USING (true);
CREATE FUNCTION api_key_by_digest(wanted text)
RETURNS TABLE (tenant_id uuid, id uuid, user_id uuid, role text, requests_per_minute int, expires_at timestamptz,
               revoked_at timestamptz, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT k.tenant_id, k.id, k.user_id, k.role, k.requests_per_minute, k.expires_at, k.revoked_at, k.last_used_at
  FROM api_key k WHERE k.digest = wanted
$$;

-- Tenants for platform admins: what they are allowed, what they use, and what was measured; nothing of what they hold.
GRANT SELECT (slug, created_at, statute_id, suspended_at, suspended_reason, max_concurrent_runs, max_storage_bytes,
              max_requests_per_minute, max_members) ON tenant TO lethe_platform;
GRANT SELECT (tenant_id, upload_size, upload_destroyed_at, pack_size, samples_size) ON dataset_version TO lethe_platform;
GRANT SELECT (tenant_id, weights_size, state_size, destroyed_at) ON model_version TO lethe_platform;
GRANT SELECT (size) ON evidence_bundle TO lethe_platform;
GRANT SELECT (tenant_id, state, cost, finished_at) ON run TO lethe_platform;
CREATE POLICY platform_read ON dataset_version FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON model_version FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON run FOR SELECT TO lethe_platform USING (true);
CREATE FUNCTION platform_tenants(measured_since timestamptz)
RETURNS TABLE (
  tenant_id uuid, name text, slug text, time_zone text, created_at timestamptz, suspended_at timestamptz,
  suspended_reason text, max_concurrent_runs int, max_storage_bytes bigint, max_requests_per_minute int, max_members int,
  storage_bytes bigint, active_runs bigint, open_requests bigint, settled_runs bigint, wall_seconds float8,
  cpu_seconds float8, peak_memory_bytes float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, t.name, t.slug, t.time_zone, t.created_at, t.suspended_at, t.suspended_reason, t.max_concurrent_runs,
         t.max_storage_bytes, t.max_requests_per_minute, t.max_members,
         (SELECT coalesce(sum(CASE WHEN d.upload_destroyed_at IS NULL THEN d.upload_size ELSE 0 END
                              + coalesce(d.pack_size, 0) + coalesce(d.samples_size, 0)), 0)
          FROM dataset_version d WHERE d.tenant_id = t.id)::bigint
         + (SELECT coalesce(sum(coalesce(v.weights_size, 0) + coalesce(v.state_size, 0)), 0)
            FROM model_version v WHERE v.tenant_id = t.id AND v.destroyed_at IS NULL)::bigint
         + (SELECT coalesce(sum(b.size), 0) FROM evidence_bundle b WHERE b.tenant_id = t.id)::bigint,
         (SELECT count(*) FROM run r WHERE r.tenant_id = t.id AND r.state IN ('QUEUED', 'RUNNING')),
         (SELECT count(*) FROM erasure_request e
          WHERE e.tenant_id = t.id AND e.state NOT IN ('FULFILLED', 'REJECTED', 'WITHDRAWN')),
         m.runs, m.wall, m.cpu, m.peak
  FROM tenant t
  CROSS JOIN LATERAL (
    SELECT count(*) AS runs,
           coalesce(sum((r.cost ->> 'wallSeconds')::float8), 0) AS wall,
           coalesce(sum((r.cost ->> 'cpuSeconds')::float8), 0) AS cpu,
           coalesce(max((r.cost ->> 'peakMemoryBytes')::float8), 0) AS peak
    FROM run r WHERE r.tenant_id = t.id AND r.finished_at >= measured_since) m
  ORDER BY t.slug
$$;

DO $$
DECLARE
  signature text;
BEGIN
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  FOREACH signature IN ARRAY ARRAY['tenants_with_membership_changes()', 'api_key_by_digest(text)',
                                   'platform_tenants(timestamptz)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lethe_gateway', signature);
    EXECUTE format('ALTER FUNCTION %s OWNER TO lethe_platform', signature);
  END LOOP;
  REVOKE ALL ON FUNCTION note_membership_change() FROM PUBLIC;
  ALTER FUNCTION note_membership_change() OWNER TO lethe_platform;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
