-- What Prisma's schema language cannot say: logins, row-level security, append-only tables, checks, notifications.

-- Logins -------------------------------------------------------------------------------------------------------------
-- Roles belong to the cluster, not to the database, so another database may have made them already, even just now.
-- Their passwords are set at every start (setRolePasswords). lethe_platform is no login: it owns the few functions
-- that look across tenants.
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['lethe_gateway', 'lethe_registrar', 'lethe_auth', 'lethe_platform'] LOOP
    BEGIN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION', role_name);
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END;
    IF role_name <> 'lethe_platform' THEN
      BEGIN
        EXECUTE format('ALTER ROLE %I LOGIN', role_name);
      EXCEPTION WHEN internal_error THEN NULL; -- "tuple concurrently updated": another database is doing the same
      END;
    END IF;
  END LOOP;
  EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO lethe_gateway, lethe_registrar, lethe_platform;

-- The identity provider keeps its tables apart; neither of the other logins can read a password hash.
CREATE SCHEMA auth;
GRANT USAGE, CREATE ON SCHEMA auth TO lethe_auth;

-- Tenancy ------------------------------------------------------------------------------------------------------------
-- The tenant of the running transaction; null, and so nobody, when none is set.
CREATE FUNCTION app_tenant() RETURNS uuid
  LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOR tenant_table IN
    SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())',
      tenant_table);
  END LOOP;
END $$;

ALTER TABLE tenant ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenant FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON tenant USING (id = app_tenant()) WITH CHECK (id = app_tenant());

-- Rights: what is not granted here is refused ------------------------------------------------------------------------
GRANT SELECT ON
  tenant, dataset, dataset_version, data_owner, sample, model, model_version, promotion, erasure_request,
  forget_set_sample, approval, plan_item, sla_clock, sla_clock_event, run, audit, evidence, log_checkpoint, outbox
  TO lethe_gateway, lethe_registrar;
-- Neither login can choose a sequence number or a hash.
GRANT INSERT (tenant_id, kind, request_id, body) ON evidence TO lethe_gateway, lethe_registrar;
GRANT INSERT ON outbox, promotion, sla_clock_event, run, model_version TO lethe_gateway, lethe_registrar;
GRANT UPDATE ON dataset_version, model, model_version, erasure_request, plan_item, sla_clock, run
  TO lethe_gateway, lethe_registrar;

GRANT INSERT ON
  tenant, dataset, dataset_version, data_owner, model, erasure_request, forget_set_sample, approval, plan_item, sla_clock
  TO lethe_gateway;
GRANT UPDATE ON tenant, dataset, data_owner TO lethe_gateway;
GRANT DELETE ON plan_item TO lethe_gateway; -- a plan may be drawn up anew until it is approved
GRANT SELECT, INSERT, DELETE ON idempotency_key TO lethe_gateway;

GRANT INSERT ON data_owner, sample, audit, log_checkpoint TO lethe_registrar;
GRANT SELECT, INSERT ON inbox TO lethe_registrar;

-- Evidence -----------------------------------------------------------------------------------------------------------
ALTER TABLE evidence
  ADD CONSTRAINT evidence_kind CHECK (kind IN (
    'dataset-registered/v1', 'model-trained/v1', 'model-promoted/v1', 'erasure-requested/v1', 'identity-verified/v1',
    'erasure-planned/v1', 'erasure-approved/v1', 'model-unlearned/v1', 'audit-completed/v1', 'erasure-closed/v1',
    'erasure-blocked/v1', 'run-ended/v1', 'clock-changed/v1')),
  ADD CONSTRAINT evidence_statement CHECK (
    (payload ->> 'predicateType') IS NOT DISTINCT FROM ('https://lethe.dev/evidence/' || kind)),
  ADD CONSTRAINT evidence_seq CHECK (seq >= 1),
  ADD CONSTRAINT evidence_hashes CHECK (
    octet_length(leaf_hash) = 32 AND octet_length(prev_hash) = 32 AND octet_length(hash) = 32);

-- Tables are named with their schema, so that no other table of the same name can be slipped in.
CREATE FUNCTION evidence_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head public.evidence%ROWTYPE;
BEGIN
  -- One appender per tenant until commit; other tenants are not held up.
  PERFORM pg_advisory_xact_lock(hashtextextended('evidence:' || NEW.tenant_id::text, 0));
  SELECT * INTO head FROM public.evidence WHERE tenant_id = NEW.tenant_id ORDER BY seq DESC LIMIT 1;
  NEW.seq := coalesce(head.seq, 0) + 1;
  NEW.prev_hash := coalesce(head.hash, decode(repeat('00', 32), 'hex'));
  NEW.created_at := clock_timestamp();
  NEW.leaf_hash := sha256('\x00'::bytea || convert_to(NEW.body, 'UTF8'));
  -- SHA-256(0x00 || prev_hash || seq, 8 bytes big-endian || tenant, 16 bytes || SHA-256(kind) || SHA-256(body))
  NEW.hash := sha256('\x00'::bytea || NEW.prev_hash || int8send(NEW.seq) || uuid_send(NEW.tenant_id)
                     || sha256(convert_to(NEW.kind, 'UTF8')) || sha256(convert_to(NEW.body, 'UTF8')));
  PERFORM pg_notify('lethe_evidence', NEW.tenant_id::text);
  RETURN NEW;
END $$;
CREATE TRIGGER evidence_chain BEFORE INSERT ON evidence FOR EACH ROW EXECUTE FUNCTION evidence_chain();
ALTER TABLE evidence ENABLE ALWAYS TRIGGER evidence_chain; -- also under session_replication_role = replica

-- Append-only, for everyone, the owner and superusers included -------------------------------------------------------
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only (% refused)', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE
  append_only text;
BEGIN
  FOREACH append_only IN ARRAY
    ARRAY['evidence', 'log_checkpoint', 'promotion', 'sla_clock_event', 'approval', 'audit', 'forget_set_sample']
  LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION refuse_change()', append_only);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', append_only);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', append_only);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', append_only);
  END LOOP;
END $$;

-- States -------------------------------------------------------------------------------------------------------------
ALTER TABLE dataset_version ADD CONSTRAINT dataset_version_state CHECK (state IN ('INGESTING', 'READY', 'FAILED'));
ALTER TABLE sample ADD CONSTRAINT sample_split CHECK (split IN ('train', 'calibration', 'held-out'));
ALTER TABLE model_version
  ADD CONSTRAINT model_version_state
    CHECK (state IN ('TRAINING', 'READY', 'PRODUCTION', 'RETIRED', 'FAILED', 'REJECTED')),
  ADD CONSTRAINT model_version_origin CHECK (origin IN ('pretrain', 'unlearn', 'comparison')),
  ADD CONSTRAINT model_version_checkpoint
    CHECK (state IN ('TRAINING', 'FAILED') OR (weights_digest IS NOT NULL AND state_digest IS NOT NULL));
-- At most one version of a model serves; a baseline kept for comparison never does.
CREATE UNIQUE INDEX model_version_one_in_production ON model_version (tenant_id, model_id) WHERE state = 'PRODUCTION';
ALTER TABLE model_version
  ADD CONSTRAINT model_version_comparison CHECK (NOT (origin = 'comparison' AND state = 'PRODUCTION'));
ALTER TABLE erasure_request ADD CONSTRAINT erasure_request_state CHECK (state IN (
  'RECEIVED', 'VERIFIED', 'PLANNED', 'APPROVED', 'UNLEARNING', 'AUDITING', 'BLOCKED', 'FULFILLED', 'REJECTED',
  'WITHDRAWN'));
ALTER TABLE plan_item
  ADD CONSTRAINT plan_item_action CHECK (action IN ('UNLEARN', 'RETRAIN', 'RETIRE')),
  ADD CONSTRAINT plan_item_state CHECK (state IN ('PENDING', 'RUNNING', 'AUDITING', 'DONE', 'FAILED')),
  ADD CONSTRAINT plan_item_recipe CHECK (action = 'RETIRE' OR unlearning IS NOT NULL);
ALTER TABLE sla_clock ADD CONSTRAINT sla_clock_state CHECK (state IN ('RUNNING', 'PAUSED', 'MET', 'BREACHED'));
ALTER TABLE sla_clock_event
  ADD CONSTRAINT sla_clock_event_kind CHECK (kind IN ('start', 'pause', 'resume', 'extend', 'stop'));
ALTER TABLE run
  ADD CONSTRAINT run_kind CHECK (kind IN ('ingest', 'pretrain', 'unlearn', 'audit')),
  ADD CONSTRAINT run_state CHECK (state IN ('QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'));
ALTER TABLE audit ADD CONSTRAINT audit_verdict CHECK (verdict IN ('PASS', 'RESIDUAL', 'OVER_FORGOTTEN', 'INCONCLUSIVE'));
ALTER TABLE outbox
  ADD CONSTRAINT outbox_contract CHECK (contract IN ('task', 'aggregate-changed', 'deployment', 'cancel'));

-- Outbox -------------------------------------------------------------------------------------------------------------
CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;

CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('lethe_outbox', '');
  RETURN NULL;
END $$;
CREATE TRIGGER outbox_notify AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify();

-- Across tenants -----------------------------------------------------------------------------------------------------
-- The only ways past the policy above. Each runs as lethe_platform, which may read these columns and no others.
GRANT SELECT (id, name, time_zone) ON tenant TO lethe_platform;
GRANT SELECT (tenant_id, id, number, state, received_at) ON erasure_request TO lethe_platform;
GRANT SELECT (tenant_id, request_id, statute_id, state, due_at) ON sla_clock TO lethe_platform;
GRANT SELECT (tenant_id, seq) ON evidence TO lethe_platform;
GRANT SELECT (tenant_id, size) ON log_checkpoint TO lethe_platform;
GRANT SELECT, UPDATE (published_at), DELETE ON outbox TO lethe_platform;
CREATE POLICY platform_read ON tenant FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON erasure_request FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON sla_clock FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON evidence FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON log_checkpoint FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_relay ON outbox TO lethe_platform USING (true) WITH CHECK (true);

-- Clocks of every tenant for platform admins: whose, which number, how late; nothing of the request itself.
CREATE FUNCTION platform_sla_board()
RETURNS TABLE (
  tenant_id uuid, tenant_name text, request_id uuid, request_number int, request_state text, clock_state text,
  statute_id text, due_at timestamptz, received_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, t.name, r.id, r.number, r.state, c.state, c.statute_id, c.due_at, r.received_at
  FROM tenant t
  JOIN erasure_request r ON r.tenant_id = t.id
  JOIN sla_clock c ON c.tenant_id = r.tenant_id AND c.request_id = r.id
  ORDER BY c.due_at, r.id
$$;

-- What the registrar must look after: evidence that no checkpoint covers yet, and clocks that have not stopped.
CREATE FUNCTION tenant_agenda()
RETURNS TABLE (tenant_id uuid, evidence_size bigint, checkpoint_size bigint, open_clocks bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id,
         coalesce((SELECT max(e.seq) FROM evidence e WHERE e.tenant_id = t.id), 0),
         coalesce((SELECT max(l.size) FROM log_checkpoint l WHERE l.tenant_id = t.id), 0),
         (SELECT count(*) FROM sla_clock c
           JOIN erasure_request r ON r.tenant_id = c.tenant_id AND r.id = c.request_id
           WHERE c.tenant_id = t.id AND r.state NOT IN ('FULFILLED', 'REJECTED', 'WITHDRAWN'))
  FROM tenant t
$$;

-- The oldest unpublished messages, locked until the caller's transaction ends, so that two relays share the work.
CREATE FUNCTION outbox_claim(batch int)
RETURNS SETOF outbox
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT batch FOR UPDATE SKIP LOCKED
$$;

CREATE FUNCTION outbox_mark_published(ids uuid[])
RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE outbox SET published_at = clock_timestamp() WHERE id = ANY (ids) AND published_at IS NULL
$$;

CREATE FUNCTION outbox_prune(keep interval)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH gone AS (DELETE FROM outbox WHERE published_at < clock_timestamp() - keep RETURNING 1) SELECT count(*) FROM gone
$$;

DO $$
DECLARE
  signature text;
BEGIN
  -- An owner that is no superuser must be able to become the function's new owner, who must be able to create it.
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT lethe_platform TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  FOREACH signature IN ARRAY ARRAY['platform_sla_board()', 'tenant_agenda()', 'outbox_claim(int)',
                                   'outbox_mark_published(uuid[])', 'outbox_prune(interval)'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', signature,
                   CASE WHEN signature LIKE 'platform%' THEN 'lethe_gateway' ELSE 'lethe_registrar' END);
    EXECUTE format('ALTER FUNCTION %s OWNER TO lethe_platform', signature);
  END LOOP;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
