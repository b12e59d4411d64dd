-- Links by which people whom a request is about confirm it. Whose address one was mailed to is kept nowhere.

DO $$
DECLARE
  kinds text[];
BEGIN
  SELECT array_agg(DISTINCT named.kind[1]) INTO kinds
    FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '([a-z][a-z-]*/v[0-9]+)', 'g') AS named (kind)
    WHERE conname = 'evidence_kind' AND conrelid = 'evidence'::regclass;
  ALTER TABLE evidence DROP CONSTRAINT evidence_kind;
  EXECUTE format('ALTER TABLE evidence ADD CONSTRAINT evidence_kind CHECK (kind = ANY (%L::text[]))',
                 kinds || ARRAY['identity-challenge-changed/v1']);
END $$;

CREATE TABLE identity_challenge (
  id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  request_id uuid NOT NULL,
  token_hash text NOT NULL,
  sent_by uuid NOT NULL,
  sent_at timestamptz(3) NOT NULL,
  expires_at timestamptz(3) NOT NULL,
  outcome text,
  settled_at timestamptz(3),
  CONSTRAINT identity_challenge_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT identity_challenge_tenant_id_request_id_fkey FOREIGN KEY (tenant_id, request_id)
    REFERENCES erasure_request (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT identity_challenge_token_hash CHECK (token_hash ~ '^[0-9a-f]{64}$'),
  CONSTRAINT identity_challenge_outcome CHECK (outcome IN ('CONFIRMED', 'DECLINED', 'CANCELLED')),
  CONSTRAINT identity_challenge_settled CHECK ((outcome IS NULL) = (settled_at IS NULL)),
  CONSTRAINT identity_challenge_period CHECK (expires_at > sent_at)
);
CREATE UNIQUE INDEX identity_challenge_token_hash_key ON identity_challenge (token_hash);
CREATE INDEX identity_challenge_tenant_id_request_id_idx ON identity_challenge (tenant_id, request_id);
-- The newest link counts; it takes the place of those before.
CREATE UNIQUE INDEX identity_challenge_open_key ON identity_challenge (tenant_id, request_id) WHERE outcome IS NULL;

ALTER TABLE identity_challenge ENABLE ROW LEVEL SECURITY;
ALTER TABLE identity_challenge FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON identity_challenge USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE TRIGGER kept BEFORE DELETE ON identity_challenge FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON identity_challenge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE identity_challenge ENABLE ALWAYS TRIGGER kept;
ALTER TABLE identity_challenge ENABLE ALWAYS TRIGGER no_truncate;
CREATE FUNCTION settle_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.outcome IS NULL THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a row of % is settled once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER settled_once BEFORE UPDATE ON identity_challenge FOR EACH ROW EXECUTE FUNCTION settle_once();

GRANT SELECT, INSERT, UPDATE (outcome, settled_at) ON identity_challenge TO lethe_gateway;
GRANT SELECT ON identity_challenge TO lethe_registrar;

-- Whose link it is; the caller has hashed what was sent, and finds nothing else.
GRANT SELECT (tenant_id, id, token_hash) ON identity_challenge TO lethe_platform;
CREATE POLICY platform_read ON identity_challenge FOR SELECT TO lethe_platform USING (true);
CREATE FUNCTION identity_challenge_by_hash(wanted text)
RETURNS TABLE (tenant_id uuid, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.tenant_id, c.id FROM identity_challenge c WHERE c.token_hash = wanted
$$;
DO $$
BEGIN
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  REVOKE ALL ON FUNCTION identity_challenge_by_hash(text) FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION identity_challenge_by_hash(text) TO lethe_gateway;
  ALTER FUNCTION identity_challenge_by_hash(text) OWNER TO lethe_platform;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
