-- The language of a person's mail, how long things are kept, a reminder of lists to fetch, and uploads under way.

-- Chosen by the person for all their tenants; else that of the newest invitation that they accepted; else English.
ALTER TABLE auth."user" ADD COLUMN "locale" text CONSTRAINT "user_locale" CHECK ("locale" IN ('en', 'ja'));
CREATE FUNCTION auth.mail_language(person text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT coalesce(u."locale", (
    SELECT i."locale" FROM auth."invitation" i
    WHERE i."email" = u."email" AND i."status" = 'accepted' ORDER BY i."settledAt" DESC NULLS LAST LIMIT 1), 'en')
  FROM auth."user" u WHERE u."id" = person
$$;
REVOKE ALL ON FUNCTION auth.mail_language(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION auth.mail_language(text) TO lethe_auth, lethe_platform;
GRANT SELECT ("locale") ON auth."user" TO lethe_platform;
GRANT SELECT ("id", "email", "locale", "status", "settledAt", "expiresAt") ON auth."invitation" TO lethe_platform;

DROP FUNCTION notice_recipients();
CREATE FUNCTION notice_recipients()
RETURNS TABLE (user_id uuid, email text, role text, locale text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m."userId"::uuid, u."email", m."role", auth.mail_language(u."id")
  FROM auth."member" m JOIN auth."user" u ON u."id" = m."userId"
  WHERE m."organizationId" = app_tenant()::text
$$;

-- What was said of the day by which the list of requests is to be fetched: each thing once for each day.
CREATE TABLE list_notice (
  tenant_id uuid NOT NULL,
  due_at timestamptz(3) NOT NULL,
  threshold text NOT NULL CHECK (threshold IN ('P7D', 'P2D', 'P0D', 'quarter-left', 'over')),
  at timestamptz(3) NOT NULL,
  CONSTRAINT list_notice_pkey PRIMARY KEY (tenant_id, due_at, threshold)
);
-- Bytes that somebody was given leave to send and that the tenant's bound on storage counts until they are kept or late.
CREATE TABLE upload_announcement (
  tenant_id uuid NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  CONSTRAINT upload_announcement_pkey PRIMARY KEY (tenant_id, digest)
);
DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['list_notice', 'upload_announcement'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())',
      tenant_table);
  END LOOP;
END $$;
GRANT SELECT, INSERT ON list_notice TO lethe_registrar;
GRANT SELECT, INSERT, UPDATE ON upload_announcement TO lethe_gateway;

-- Keeping times. What may go is said by the policies, so that no mistake of a caller removes what is still under way;
-- evidence and what belongs to it is not among it.
CREATE INDEX notice_dispatched ON notice (created_at) WHERE dispatched_at IS NOT NULL;
CREATE INDEX webhook_delivery_settled ON webhook_delivery (settled_at) WHERE state <> 'QUEUED';
CREATE INDEX idempotency_key_created_at_idx ON idempotency_key (created_at);
CREATE POLICY platform_prune ON notice FOR DELETE TO lethe_platform USING (dispatched_at IS NOT NULL);
CREATE POLICY platform_prune ON notice_mail FOR DELETE TO lethe_platform USING (state <> 'QUEUED');
CREATE POLICY platform_prune ON webhook_delivery FOR DELETE TO lethe_platform USING (state <> 'QUEUED');
CREATE POLICY platform_read ON webhook_attempt FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_prune ON webhook_attempt FOR DELETE TO lethe_platform USING (true);
CREATE POLICY platform_read ON idempotency_key FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_prune ON idempotency_key FOR DELETE TO lethe_platform USING (true);
CREATE POLICY platform_read ON upload_announcement FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_prune ON upload_announcement FOR DELETE TO lethe_platform USING (true);
GRANT SELECT (created_at), DELETE ON notice TO lethe_platform;
GRANT SELECT (notice_id), DELETE ON notice_mail TO lethe_platform;
GRANT SELECT (id, notice_id, settled_at), DELETE ON webhook_delivery TO lethe_platform;
GRANT SELECT (tenant_id, delivery_id), DELETE ON webhook_attempt TO lethe_platform;
GRANT SELECT (tenant_id, user_id, key, created_at), DELETE ON idempotency_key TO lethe_platform;
GRANT SELECT (tenant_id, digest, expires_at), DELETE ON upload_announcement TO lethe_platform;
GRANT SELECT ("id", "expiresAt"), DELETE ON auth."session", auth."verification" TO lethe_platform;
GRANT SELECT ("id", "lastRequest"), DELETE ON auth."rateLimit" TO lethe_platform;
GRANT UPDATE ("locale") ON auth."user" TO lethe_platform;
GRANT DELETE ON auth."invitation" TO lethe_platform;

-- Each removes a batch at most and says how much it was; two at once share the work.
CREATE FUNCTION prune_deliveries(before timestamptz, batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ids uuid[];
  gone bigint;
BEGIN
  SELECT array_agg(d.id) INTO ids FROM (
    SELECT id FROM webhook_delivery WHERE state <> 'QUEUED' AND settled_at < before ORDER BY settled_at LIMIT batch) d;
  DELETE FROM webhook_attempt a USING webhook_delivery d
    WHERE d.id = ANY (ids) AND d.state <> 'QUEUED' AND a.tenant_id = d.tenant_id AND a.delivery_id = d.id;
  DELETE FROM webhook_delivery WHERE id = ANY (ids) AND state <> 'QUEUED' AND settled_at < before;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

CREATE FUNCTION prune_notices(before timestamptz, batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ids uuid[];
  gone bigint;
BEGIN
  SELECT array_agg(n.id) INTO ids FROM (
    SELECT id FROM notice n WHERE dispatched_at IS NOT NULL AND created_at < before
      AND NOT EXISTS (SELECT FROM webhook_delivery d WHERE d.tenant_id = n.tenant_id AND d.notice_id = n.id)
      AND NOT EXISTS (SELECT FROM notice_mail m
                      WHERE m.tenant_id = n.tenant_id AND m.notice_id = n.id AND m.state = 'QUEUED')
    ORDER BY created_at LIMIT batch) n;
  DELETE FROM notice_mail WHERE notice_id = ANY (ids) AND state <> 'QUEUED';
  DELETE FROM notice WHERE id = ANY (ids) AND dispatched_at IS NOT NULL;
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END $$;

CREATE FUNCTION prune_idempotency_keys(before timestamptz, batch int) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM idempotency_key k USING (
      SELECT tenant_id, user_id, key FROM idempotency_key WHERE created_at < before ORDER BY created_at LIMIT batch) old
    WHERE k.tenant_id = old.tenant_id AND k.user_id = old.user_id AND k.key = old.key RETURNING 1)
  SELECT count(*) FROM gone
$$;

CREATE FUNCTION prune_upload_announcements(before timestamptz, batch int) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (
    DELETE FROM upload_announcement a USING (
      SELECT tenant_id, digest FROM upload_announcement WHERE expires_at < before ORDER BY expires_at LIMIT batch) old
    WHERE a.tenant_id = old.tenant_id AND a.digest = old.digest AND a.expires_at < before RETURNING 1)
  SELECT count(*) FROM gone
$$;

-- Invitations that were settled or ended, sessions and mailed tokens that ended, and counts of sign-ins. Of an accepted
-- invitation the language stays with the person.
CREATE FUNCTION prune_ways_in(before timestamptz, batch int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  ids text[];
  total bigint := 0;
  gone bigint;
BEGIN
  SELECT array_agg(i."id") INTO ids FROM (
    SELECT "id" FROM auth."invitation"
    WHERE "settledAt" < before OR ("settledAt" IS NULL AND "expiresAt" < before) LIMIT batch) i;
  UPDATE auth."user" u SET "locale" = i."locale" FROM auth."invitation" i
    WHERE i."id" = ANY (ids) AND i."status" = 'accepted' AND u."email" = i."email" AND u."locale" IS NULL;
  DELETE FROM auth."invitation" WHERE "id" = ANY (ids);
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM auth."session" WHERE "id" IN (SELECT "id" FROM auth."session" WHERE "expiresAt" < before LIMIT batch);
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM auth."verification"
    WHERE "id" IN (SELECT "id" FROM auth."verification" WHERE "expiresAt" < before LIMIT batch);
  GET DIAGNOSTICS gone = ROW_COUNT;
  total := total + gone;
  DELETE FROM auth."rateLimit" WHERE "id" IN (
    SELECT "id" FROM auth."rateLimit" WHERE "lastRequest" < extract(epoch FROM before) * 1000 LIMIT batch);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN total + gone;
END $$;

-- Platform admins see what measured time costs at the tenant's own price.
GRANT SELECT (device_hour_price, currency) ON tenant TO lethe_platform;
DROP FUNCTION platform_tenants(timestamptz);
CREATE FUNCTION platform_tenants(measured_since timestamptz)
RETURNS TABLE (
  tenant_id uuid, name text, slug text, time_zone text, created_at timestamptz, suspended_at timestamptz,
  suspended_reason text, max_concurrent_runs int, max_storage_bytes bigint, max_requests_per_minute int, max_members int,
  storage_bytes bigint, active_runs bigint, open_requests bigint, settled_runs bigint, wall_seconds float8,
  cpu_seconds float8, peak_memory_bytes float8, device_hour_price float8, currency text)
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
         m.runs, m.wall, m.cpu, m.peak, t.device_hour_price::float8, t.currency
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
  FOREACH signature IN ARRAY ARRAY['notice_recipients()', 'prune_deliveries(timestamptz, int)',
                                   'prune_notices(timestamptz, int)', 'prune_idempotency_keys(timestamptz, int)',
                                   'prune_upload_announcements(timestamptz, int)', 'prune_ways_in(timestamptz, int)',
                                   'platform_tenants(timestamptz)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', signature,
                   CASE WHEN signature LIKE 'platform%' THEN 'lethe_gateway' ELSE 'lethe_registrar' END);
    EXECUTE format('ALTER FUNCTION %s OWNER TO lethe_platform', signature);
  END LOOP;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
