-- More rules than two, more events than five, and what a rule asks for besides an answer.

-- Terms agreed by contract, by version; a version is never changed.
CREATE TABLE contract_terms (
  tenant_id uuid NOT NULL,
  version integer NOT NULL,
  terms jsonb NOT NULL,
  set_by uuid NOT NULL,
  at timestamptz(3) NOT NULL,
  CONSTRAINT contract_terms_pkey PRIMARY KEY (tenant_id, version),
  CONSTRAINT contract_terms_version CHECK (version >= 1 AND (terms ->> 'version')::int = version)
);

-- What was said about a deadline, once for each date that it had.
CREATE TABLE clock_notice (
  tenant_id uuid NOT NULL,
  clock_id uuid NOT NULL,
  deadline text NOT NULL,
  threshold text NOT NULL,
  due_at timestamptz(3) NOT NULL,
  at timestamptz(3) NOT NULL,
  CONSTRAINT clock_notice_pkey PRIMARY KEY (tenant_id, clock_id, deadline, threshold, due_at),
  CONSTRAINT clock_notice_tenant_id_clock_id_fkey FOREIGN KEY (tenant_id, clock_id) REFERENCES sla_clock (tenant_id, id)
    ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT clock_notice_deadline CHECK (deadline IN ('acknowledge', 'respond'))
);

-- What was foretold of a clock on a day, and what came of it.
CREATE TABLE breach_forecast (
  tenant_id uuid NOT NULL,
  clock_id uuid NOT NULL,
  day date NOT NULL,
  at timestamptz(3) NOT NULL,
  probability double precision NOT NULL,
  stage text NOT NULL,
  finished_requests integer NOT NULL,
  due_at timestamptz(3) NOT NULL,
  breached boolean,
  scored_at timestamptz(3),
  CONSTRAINT breach_forecast_pkey PRIMARY KEY (tenant_id, clock_id, day),
  CONSTRAINT breach_forecast_tenant_id_clock_id_fkey FOREIGN KEY (tenant_id, clock_id)
    REFERENCES sla_clock (tenant_id, id) ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT breach_forecast_probability CHECK (probability BETWEEN 0 AND 1),
  CONSTRAINT breach_forecast_scored CHECK ((breached IS NULL) = (scored_at IS NULL))
);
CREATE INDEX breach_forecast_tenant_id_scored_at_idx ON breach_forecast (tenant_id, scored_at);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['contract_terms', 'clock_notice', 'breach_forecast'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())',
      tenant_table);
  END LOOP;
  FOREACH tenant_table IN ARRAY ARRAY['contract_terms', 'clock_notice'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I
                    FOR EACH ROW EXECUTE FUNCTION refuse_change()', tenant_table);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', tenant_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', tenant_table);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER no_truncate', tenant_table);
  END LOOP;
END $$;

GRANT SELECT ON contract_terms, clock_notice, breach_forecast TO lethe_gateway, lethe_registrar;
GRANT INSERT ON contract_terms TO lethe_gateway;
GRANT INSERT ON clock_notice TO lethe_registrar;
GRANT INSERT ON breach_forecast TO lethe_registrar;
-- A forecast is scored once; what was foretold stays.
GRANT UPDATE (breached, scored_at) ON breach_forecast TO lethe_registrar;

-- The row's rule is the one that counts now; the events say what it was before.
ALTER TABLE sla_clock
  ADD COLUMN terms jsonb,
  ADD COLUMN acknowledge_due_at timestamptz(6),
  ADD COLUMN acknowledge_state text,
  ADD CONSTRAINT sla_clock_acknowledge CHECK (
    (acknowledge_state IS NULL) = (acknowledge_due_at IS NULL)
    AND acknowledge_state IN ('RUNNING', 'MET', 'BREACHED'));
ALTER TABLE sla_clock_event
  ADD COLUMN detail jsonb,
  DROP CONSTRAINT sla_clock_event_kind,
  ADD CONSTRAINT sla_clock_event_kind CHECK (
    kind IN ('start', 'acknowledge', 'pause', 'resume', 'extend', 'change', 'stop'));

-- Clocks of every tenant for platform admins: whose, which number, how late, how likely to be; nothing of the request.
GRANT SELECT (tenant_id, id, acknowledge_due_at, acknowledge_state) ON sla_clock TO lethe_platform;
GRANT SELECT (tenant_id, clock_id, kind, at) ON sla_clock_event TO lethe_platform;
GRANT SELECT (tenant_id, clock_id, threshold, at) ON clock_notice TO lethe_platform;
GRANT SELECT (tenant_id, clock_id, day, probability, finished_requests) ON breach_forecast TO lethe_platform;
CREATE POLICY platform_read ON sla_clock_event FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON clock_notice FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON breach_forecast FOR SELECT TO lethe_platform USING (true);

DO $$
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT lethe_platform TO %I', current_user);
  END IF;
END $$;
DROP FUNCTION platform_sla_board();
CREATE FUNCTION platform_sla_board()
RETURNS TABLE (
  tenant_id uuid, tenant_name text, request_id uuid, request_number int, request_state text, clock_state text,
  statute_id text, due_at timestamptz, received_at timestamptz, acknowledge_due_at timestamptz, acknowledge_state text,
  pauses int, extended boolean, notices int, breach_probability double precision, forecast_on int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id, t.name, r.id, r.number, r.state, c.state, c.statute_id, c.due_at, r.received_at,
         c.acknowledge_due_at, c.acknowledge_state,
         (SELECT count(*)::int FROM sla_clock_event e
           WHERE e.tenant_id = c.tenant_id AND e.clock_id = c.id AND e.kind = 'pause'),
         EXISTS (SELECT 1 FROM sla_clock_event e
           WHERE e.tenant_id = c.tenant_id AND e.clock_id = c.id AND e.kind = 'extend'),
         (SELECT count(*)::int FROM clock_notice n WHERE n.tenant_id = c.tenant_id AND n.clock_id = c.id),
         f.probability, f.finished_requests
  FROM tenant t
  JOIN erasure_request r ON r.tenant_id = t.id
  JOIN sla_clock c ON c.tenant_id = r.tenant_id AND c.request_id = r.id
  LEFT JOIN LATERAL (
    SELECT b.probability, b.finished_requests FROM breach_forecast b
    WHERE b.tenant_id = c.tenant_id AND b.clock_id = c.id AND c.state IN ('RUNNING', 'PAUSED')
    ORDER BY b.day DESC LIMIT 1) f ON true
  ORDER BY c.due_at, r.id
$$;
GRANT CREATE ON SCHEMA public TO lethe_platform;
REVOKE ALL ON FUNCTION platform_sla_board() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION platform_sla_board() TO lethe_gateway;
ALTER FUNCTION platform_sla_board() OWNER TO lethe_platform;
REVOKE CREATE ON SCHEMA public FROM lethe_platform;
