-- Blobs that a run put and that nothing names yet: what it may delete, and what is deleted when it ended without naming them.
CREATE TABLE run_blob (
  tenant_id uuid NOT NULL,
  run_id uuid NOT NULL,
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL,
  put_at timestamptz(3) NOT NULL,
  CONSTRAINT run_blob_pkey PRIMARY KEY (tenant_id, run_id, digest),
  CONSTRAINT run_blob_tenant_id_run_id_fkey FOREIGN KEY (tenant_id, run_id)
    REFERENCES run (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX run_blob_tenant_id_digest_idx ON run_blob (tenant_id, digest);
ALTER TABLE run_blob ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_blob FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON run_blob USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
-- The right to change a column is what locking a row takes.
GRANT SELECT, INSERT, UPDATE (put_at), DELETE ON run_blob TO lethe_registrar;

GRANT SELECT (tenant_id, run_id, digest, put_at) ON run_blob TO lethe_platform;
CREATE POLICY platform_read ON run_blob FOR SELECT TO lethe_platform USING (true);
GRANT SELECT (id) ON run TO lethe_platform;
CREATE FUNCTION left_run_blobs()
RETURNS TABLE (tenant_id uuid, run_id uuid, digest text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.tenant_id, b.run_id, b.digest FROM run_blob b
  JOIN run r ON r.tenant_id = b.tenant_id AND r.id = b.run_id
  WHERE r.state NOT IN ('QUEUED', 'RUNNING') ORDER BY b.put_at LIMIT 1000
$$;
GRANT CREATE ON SCHEMA public TO lethe_platform;
REVOKE ALL ON FUNCTION left_run_blobs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION left_run_blobs() TO lethe_registrar;
ALTER FUNCTION left_run_blobs() OWNER TO lethe_platform;
REVOKE CREATE ON SCHEMA public FROM lethe_platform;
