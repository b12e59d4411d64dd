-- Blobs that were sent and may never be registered: without this nobody would know that they are there.
CREATE TABLE upload (
  tenant_id uuid NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL,
  touched_at timestamptz(3) NOT NULL,
  registered_at timestamptz(3),
  CONSTRAINT upload_pkey PRIMARY KEY (tenant_id, digest)
);
CREATE INDEX upload_unregistered ON upload (touched_at) WHERE registered_at IS NULL;
ALTER TABLE upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE upload FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON upload USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
GRANT SELECT, INSERT, UPDATE (touched_at, registered_at) ON upload TO lethe_gateway;
GRANT SELECT, UPDATE (touched_at), DELETE ON upload TO lethe_registrar;

GRANT SELECT (tenant_id, digest, touched_at, registered_at) ON upload TO lethe_platform;
CREATE POLICY platform_read ON upload FOR SELECT TO lethe_platform USING (true);
CREATE FUNCTION stale_uploads(before timestamptz)
RETURNS TABLE (tenant_id uuid, digest text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.tenant_id, u.digest FROM upload u
  WHERE u.registered_at IS NULL AND u.touched_at < before ORDER BY u.touched_at LIMIT 1000
$$;
GRANT CREATE ON SCHEMA public TO lethe_platform;
REVOKE ALL ON FUNCTION stale_uploads(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stale_uploads(timestamptz) TO lethe_registrar;
ALTER FUNCTION stale_uploads(timestamptz) OWNER TO lethe_platform;
REVOKE CREATE ON SCHEMA public FROM lethe_platform;
