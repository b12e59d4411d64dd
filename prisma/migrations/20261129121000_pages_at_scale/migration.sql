-- Lists cost what their page holds and not what the tenant holds: clocks by when they are due, owners of a version in order,
-- and the two lists across tenants page in the database.
CREATE INDEX sla_clock_tenant_id_due_at_id_idx ON sla_clock (tenant_id, due_at, id);
CREATE INDEX sla_clock_due_at_request_id_idx ON sla_clock (due_at, request_id);
CREATE INDEX sample_tenant_id_dataset_version_id_owner_id_idx ON sample (tenant_id, dataset_version_id, owner_id);

DROP FUNCTION platform_sla_board();
CREATE FUNCTION platform_sla_board(wanted_state text, wanted_statute text, skip int, take int)
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
  FROM (SELECT k.tenant_id, k.id, k.request_id, k.state, k.statute_id, k.due_at, k.acknowledge_due_at, k.acknowledge_state
        FROM sla_clock k
        WHERE (wanted_state IS NULL OR k.state = wanted_state) AND (wanted_statute IS NULL OR k.statute_id = wanted_statute)
        ORDER BY k.due_at, k.request_id OFFSET skip LIMIT take) c
  JOIN erasure_request r ON r.tenant_id = c.tenant_id AND r.id = c.request_id
  JOIN tenant t ON t.id = c.tenant_id
  LEFT JOIN LATERAL (
    SELECT b.probability, b.finished_requests FROM breach_forecast b
    WHERE b.tenant_id = c.tenant_id AND b.clock_id = c.id AND c.state IN ('RUNNING', 'PAUSED')
    ORDER BY b.day DESC LIMIT 1) f ON true
  ORDER BY c.due_at, r.id
$$;

CREATE FUNCTION platform_sla_board_size(wanted_state text, wanted_statute text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(*) FROM sla_clock k
  WHERE (wanted_state IS NULL OR k.state = wanted_state) AND (wanted_statute IS NULL OR k.statute_id = wanted_statute)
$$;

DROP FUNCTION platform_tenants(timestamptz);
CREATE FUNCTION platform_tenants(measured_since timestamptz, wanted uuid, after_slug text, take int)
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
  FROM (SELECT x.id, x.name, x.slug, x.time_zone, x.created_at, x.suspended_at, x.suspended_reason, x.max_concurrent_runs,
               x.max_storage_bytes, x.max_requests_per_minute, x.max_members, x.device_hour_price, x.currency
        FROM tenant x
        WHERE (wanted IS NULL OR x.id = wanted) AND (after_slug IS NULL OR x.slug > after_slug)
        ORDER BY x.slug LIMIT take) t
  CROSS JOIN LATERAL (
    SELECT count(*) AS runs,
           coalesce(sum((r.cost ->> 'wallSeconds')::float8), 0) AS wall,
           coalesce(sum((r.cost ->> 'cpuSeconds')::float8), 0) AS cpu,
           coalesce(max((r.cost ->> 'peakMemoryBytes')::float8), 0) AS peak
    FROM run r WHERE r.tenant_id = t.id AND r.finished_at >= measured_since) m
  ORDER BY t.slug
$$;

CREATE FUNCTION platform_tenant_count() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT count(t.id) FROM tenant t
$$;

DO $$
DECLARE
  signature text;
BEGIN
  IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
    EXECUTE format('GRANT lethe_platform TO %I', current_user);
  END IF;
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  FOREACH signature IN ARRAY ARRAY['platform_sla_board(text, text, int, int)', 'platform_sla_board_size(text, text)',
                                   'platform_tenants(timestamptz, uuid, text, int)', 'platform_tenant_count()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lethe_gateway', signature);
    EXECUTE format('ALTER FUNCTION %s OWNER TO lethe_platform', signature);
  END LOOP;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
