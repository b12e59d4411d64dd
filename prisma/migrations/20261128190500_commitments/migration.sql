-- Evidence names people and forget sets by commitments under a salt that each data subject has, and that can be destroyed.

-- 32 bytes from the database's strong random source: three version-4 UUIDs carry 366 random bits.
CREATE FUNCTION fresh_salt() RETURNS bytea
  LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
  SELECT sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))
$$;

CREATE TABLE subject_salt (
  tenant_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  salt bytea DEFAULT fresh_salt(),
  shredded_at timestamptz(6),
  CONSTRAINT subject_salt_pkey PRIMARY KEY (tenant_id, owner_id),
  CONSTRAINT subject_salt_tenant_id_owner_id_fkey FOREIGN KEY (tenant_id, owner_id)
    REFERENCES data_owner (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT subject_salt_length CHECK (octet_length(salt) = 32),
  CONSTRAINT subject_salt_shredded CHECK ((salt IS NULL) = (shredded_at IS NOT NULL))
);
ALTER TABLE subject_salt ENABLE ROW LEVEL SECURITY;
ALTER TABLE subject_salt FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON subject_salt USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());

-- No login can choose a salt, nor put another in the place of one: commitments made under it would open to nothing.
GRANT SELECT, INSERT (tenant_id, owner_id) ON subject_salt TO lethe_gateway, lethe_registrar;
GRANT UPDATE (salt, shredded_at) ON subject_salt TO lethe_gateway;
-- The row that held a salt is gone from the file only when the table is written anew.
DO $$
BEGIN
  IF current_setting('server_version_num')::int >= 170000 THEN
    EXECUTE 'GRANT MAINTAIN ON subject_salt TO lethe_gateway';
  END IF;
END $$;

CREATE FUNCTION guard_salt() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF OLD.salt IS NOT NULL AND NEW.salt IS NOT NULL THEN
    RAISE EXCEPTION 'a salt is destroyed before there is another' USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.salt IS NOT NULL THEN NEW.salt := public.fresh_salt(); END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_salt BEFORE UPDATE ON subject_salt FOR EACH ROW EXECUTE FUNCTION guard_salt();
ALTER TABLE subject_salt ENABLE ALWAYS TRIGGER guard_salt;

-- Whoever makes a data owner makes the salt, without having to think of it.
CREATE FUNCTION salt_data_owner() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO public.subject_salt (tenant_id, owner_id) VALUES (NEW.tenant_id, NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER salt_data_owner AFTER INSERT ON data_owner FOR EACH ROW EXECUTE FUNCTION salt_data_owner();

-- What was there before: an owner that is no superuser sees it only while the policy does not bind the owner.
ALTER TABLE data_owner NO FORCE ROW LEVEL SECURITY;
ALTER TABLE erasure_request NO FORCE ROW LEVEL SECURITY;
ALTER TABLE subject_salt NO FORCE ROW LEVEL SECURITY;

INSERT INTO subject_salt (tenant_id, owner_id) SELECT tenant_id, id FROM data_owner;

ALTER TABLE erasure_request ADD COLUMN subject_commitment text, ADD COLUMN forget_set_commitment text;

-- RFC 2104 for a key of 32 bytes, for this migration alone: later commitments are made where evidence is.
CREATE FUNCTION commit_once(key bytea, message text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
BEGIN
  FOR i IN 0..31 LOOP
    inner_pad := set_byte(inner_pad, i, get_byte(key, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(key, i) # 92);
  END LOOP;
  RETURN encode(sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))), 'hex');
END $$;

UPDATE erasure_request r
SET subject_commitment = commit_once(s.salt, E'lethe/subject/v1\n' || o.subject_key),
    forget_set_commitment = commit_once(s.salt, E'lethe/forget-set/v1\n' || r.forget_digest)
FROM data_owner o, subject_salt s
WHERE o.tenant_id = r.tenant_id AND o.id = r.owner_id AND s.tenant_id = r.tenant_id AND s.owner_id = r.owner_id;

DROP FUNCTION commit_once(bytea, text);
ALTER TABLE erasure_request
  ALTER COLUMN subject_commitment SET NOT NULL,
  ALTER COLUMN forget_set_commitment SET NOT NULL,
  ADD CONSTRAINT erasure_request_commitments
    CHECK (subject_commitment ~ '^[0-9a-f]{64}$' AND forget_set_commitment ~ '^[0-9a-f]{64}$');

ALTER TABLE data_owner FORCE ROW LEVEL SECURITY;
ALTER TABLE erasure_request FORCE ROW LEVEL SECURITY;
ALTER TABLE subject_salt FORCE ROW LEVEL SECURITY;

-- Entries of one request are numbered inside their statements; no number is given twice.
CREATE UNIQUE INDEX evidence_request_entry
  ON evidence (tenant_id, request_id, ((payload #>> '{predicate,recorded,requestEntry}')::int))
  WHERE request_id IS NOT NULL;
