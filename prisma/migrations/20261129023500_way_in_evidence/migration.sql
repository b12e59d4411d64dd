-- Who may sign people in, and where notices go, are on record as who belongs is.

DO $$
DECLARE
  kinds text[];
BEGIN
  SELECT array_agg(DISTINCT named.kind[1]) INTO kinds
    FROM pg_constraint, regexp_matches(pg_get_constraintdef(oid), '([a-z][a-z-]*/v[0-9]+)', 'g') AS named (kind)
    WHERE conname = 'evidence_kind' AND conrelid = 'evidence'::regclass;
  ALTER TABLE evidence DROP CONSTRAINT evidence_kind;
  EXECUTE format('ALTER TABLE evidence ADD CONSTRAINT evidence_kind CHECK (kind = ANY (%L::text[]))',
                 kinds || ARRAY['sso-provider-changed/v1', 'webhook-changed/v1']);
END $$;

-- Every change of a tenant's identity providers: a trigger writes them in the transaction of the change.
CREATE TABLE "sso_change" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "tenant_id" UUID NOT NULL,
    "number" BIGSERIAL NOT NULL,
    "provider_id" UUID NOT NULL,
    "change" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "newcomer_role" TEXT,
    "actor_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "evidence_seq" BIGINT,

    CONSTRAINT "sso_change_pkey" PRIMARY KEY ("tenant_id","id")
);
CREATE INDEX "sso_change_tenant_id_number_idx" ON "sso_change"("tenant_id", "number");
CREATE INDEX sso_change_unrecorded ON sso_change (number) WHERE evidence_seq IS NULL;
ALTER TABLE sso_change
  ADD CONSTRAINT sso_change_change CHECK (change IN ('registered', 'replaced', 'domain-proven', 'removed'));
ALTER TABLE sso_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE sso_change FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON sso_change USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
CREATE TRIGGER kept BEFORE DELETE ON sso_change FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON sso_change FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE sso_change ENABLE ALWAYS TRIGGER kept;
ALTER TABLE sso_change ENABLE ALWAYS TRIGGER no_truncate;

-- Nobody can make one up.
GRANT SELECT, UPDATE (evidence_seq) ON sso_change TO lethe_gateway;
GRANT SELECT ON sso_change TO lethe_registrar;
CREATE OR REPLACE FUNCTION record_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.evidence_seq IS NULL THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a row of % is recorded once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER recorded_once BEFORE UPDATE ON sso_change FOR EACH ROW EXECUTE FUNCTION record_once();

GRANT INSERT (tenant_id, provider_id, change, issuer, domain, newcomer_role, actor_id) ON sso_change TO lethe_platform;
GRANT SELECT (tenant_id, number, evidence_seq) ON sso_change TO lethe_platform;
GRANT USAGE ON SEQUENCE sso_change_number_seq TO lethe_platform;
CREATE POLICY platform_write ON sso_change FOR INSERT TO lethe_platform WITH CHECK (true);
CREATE POLICY platform_read ON sso_change FOR SELECT TO lethe_platform USING (true);

-- Registering the same again is a change, too: its client secret may be another.
CREATE FUNCTION note_sso_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  provider auth."ssoProvider" := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
  noted text := 'replaced';
BEGIN
  IF TG_OP = 'INSERT' THEN
    noted := 'registered';
  ELSIF TG_OP = 'DELETE' THEN
    noted := 'removed';
  ELSIF NEW."domainVerifiedAt" IS DISTINCT FROM OLD."domainVerifiedAt" AND NEW."domainVerifiedAt" IS NOT NULL THEN
    noted := 'domain-proven';
  ELSIF NEW = OLD THEN
    RETURN NULL;
  END IF;
  INSERT INTO sso_change (tenant_id, provider_id, change, issuer, domain, newcomer_role, actor_id)
  VALUES (provider."organizationId"::uuid, provider."id"::uuid, noted, provider."issuer", provider."domain",
          provider."newcomerRole", nullif(current_setting('app.actor_id', true), '')::uuid);
  RETURN NULL;
END $$;
CREATE TRIGGER sso_change AFTER INSERT OR DELETE OR UPDATE ON auth."ssoProvider"
  FOR EACH ROW EXECUTE FUNCTION note_sso_change();
ALTER TABLE auth."ssoProvider" ENABLE ALWAYS TRIGGER sso_change;

DROP FUNCTION tenants_with_membership_changes();
CREATE FUNCTION tenants_with_access_changes()
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.tenant_id FROM membership_change c WHERE c.evidence_seq IS NULL
  UNION
  SELECT c.tenant_id FROM sso_change c WHERE c.evidence_seq IS NULL
$$;

DO $$
BEGIN
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  REVOKE ALL ON FUNCTION tenants_with_access_changes() FROM PUBLIC;
  GRANT EXECUTE ON FUNCTION tenants_with_access_changes() TO lethe_gateway;
  ALTER FUNCTION tenants_with_access_changes() OWNER TO lethe_platform;
  REVOKE ALL ON FUNCTION note_sso_change() FROM PUBLIC;
  ALTER FUNCTION note_sso_change() OWNER TO lethe_platform;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
