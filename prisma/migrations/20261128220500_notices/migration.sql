-- Notices of what happened, and their ways out: webhooks and mail.
CREATE TABLE notice (
  id uuid NOT NULL, tenant_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind ~ '^[a-z]+\.[a-z-]+$'),
  request_id uuid,
  data jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz(3) NOT NULL,
  dispatched_at timestamptz(3),
  CONSTRAINT notice_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX notice_tenant_id_request_id_idx ON notice (tenant_id, request_id);
CREATE INDEX notice_undispatched ON notice (id) WHERE dispatched_at IS NULL;

CREATE TABLE notice_seen (
  tenant_id uuid NOT NULL, user_id uuid NOT NULL, seen_at timestamptz(3) NOT NULL,
  CONSTRAINT notice_seen_pkey PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE notice_choice (
  tenant_id uuid NOT NULL, user_id uuid NOT NULL, kind text NOT NULL, by_mail boolean NOT NULL,
  CONSTRAINT notice_choice_pkey PRIMARY KEY (tenant_id, user_id, kind)
);

CREATE TABLE notice_mail (
  tenant_id uuid NOT NULL, notice_id uuid NOT NULL, user_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'QUEUED' CHECK (state IN ('QUEUED', 'SENT', 'FAILED')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz(3) NOT NULL,
  settled_at timestamptz(3),
  CONSTRAINT notice_mail_pkey PRIMARY KEY (tenant_id, notice_id, user_id)
);
CREATE INDEX notice_mail_due ON notice_mail (next_attempt_at) WHERE state = 'QUEUED';

CREATE TABLE webhook_endpoint (
  id uuid NOT NULL, tenant_id uuid NOT NULL,
  url text NOT NULL, description text NOT NULL DEFAULT '',
  kinds text[],
  state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'DISABLED')),
  disabled_reason text CHECK (disabled_reason IN ('UNREACHABLE', 'GONE', 'BY_MEMBER')),
  created_by uuid NOT NULL,
  created_at timestamptz(3) NOT NULL, updated_at timestamptz(3) NOT NULL, deleted_at timestamptz(3),
  CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_endpoint_disabled CHECK ((state = 'DISABLED') = (disabled_reason IS NOT NULL))
);

CREATE TABLE webhook_secret (
  id uuid NOT NULL, tenant_id uuid NOT NULL, endpoint_id uuid NOT NULL,
  secret text NOT NULL, created_at timestamptz(3) NOT NULL, expires_at timestamptz(3),
  CONSTRAINT webhook_secret_pkey PRIMARY KEY (tenant_id, id)
);
CREATE INDEX webhook_secret_tenant_id_endpoint_id_idx ON webhook_secret (tenant_id, endpoint_id);

CREATE TABLE webhook_delivery (
  id uuid NOT NULL, tenant_id uuid NOT NULL, endpoint_id uuid NOT NULL, notice_id uuid,
  kind text NOT NULL, body text NOT NULL,
  state text NOT NULL DEFAULT 'QUEUED' CHECK (state IN ('QUEUED', 'DELIVERED', 'FAILED')),
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz(3) NOT NULL, queued_at timestamptz(3) NOT NULL,
  next_attempt_at timestamptz(3) NOT NULL, settled_at timestamptz(3),
  CONSTRAINT webhook_delivery_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_delivery_settled CHECK ((state = 'QUEUED') = (settled_at IS NULL)),
  CONSTRAINT webhook_delivery_tenant_id_endpoint_id_fkey
    FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoint (tenant_id, id)
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX webhook_delivery_tenant_id_endpoint_id_notice_id_key
  ON webhook_delivery (tenant_id, endpoint_id, notice_id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (next_attempt_at) WHERE state = 'QUEUED';

CREATE TABLE webhook_attempt (
  id uuid NOT NULL, tenant_id uuid NOT NULL, delivery_id uuid NOT NULL,
  at timestamptz(3) NOT NULL, duration_ms integer NOT NULL, status integer, error text,
  CONSTRAINT webhook_attempt_pkey PRIMARY KEY (tenant_id, id),
  CONSTRAINT webhook_attempt_tenant_id_delivery_id_fkey
    FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_delivery (tenant_id, id)
    ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE INDEX webhook_attempt_tenant_id_delivery_id_idx ON webhook_attempt (tenant_id, delivery_id);

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['notice', 'notice_seen', 'notice_choice', 'notice_mail', 'webhook_endpoint',
                                      'webhook_secret', 'webhook_delivery', 'webhook_attempt'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
      'CREATE POLICY tenant_only ON %I USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant())',
      tenant_table);
  END LOOP;
END $$;

GRANT SELECT, INSERT ON notice TO lethe_gateway, lethe_registrar;
GRANT UPDATE (dispatched_at) ON notice TO lethe_registrar;
GRANT SELECT, INSERT, UPDATE ON notice_seen TO lethe_gateway;
GRANT SELECT, INSERT, UPDATE ON notice_choice TO lethe_gateway;
GRANT SELECT ON notice_choice TO lethe_registrar;
GRANT SELECT, INSERT, UPDATE ON notice_mail TO lethe_registrar;
GRANT SELECT, INSERT, UPDATE ON webhook_endpoint TO lethe_gateway;
GRANT SELECT, UPDATE (state, disabled_reason, updated_at) ON webhook_endpoint TO lethe_registrar;
-- Who shows a secret once cannot read it again.
GRANT SELECT (id, tenant_id, endpoint_id, created_at, expires_at), INSERT, UPDATE (expires_at), DELETE
  ON webhook_secret TO lethe_gateway;
GRANT SELECT ON webhook_secret TO lethe_registrar;
GRANT SELECT, INSERT ON webhook_delivery TO lethe_gateway, lethe_registrar;
GRANT UPDATE (state, attempts, queued_at, next_attempt_at, settled_at) ON webhook_delivery
  TO lethe_gateway, lethe_registrar;
GRANT SELECT ON webhook_attempt TO lethe_gateway;
GRANT SELECT, INSERT ON webhook_attempt TO lethe_registrar;

-- What waits, of every tenant; nothing of what is in it.
GRANT SELECT (tenant_id, id, dispatched_at) ON notice TO lethe_platform;
GRANT SELECT (tenant_id, endpoint_id, state, next_attempt_at) ON webhook_delivery TO lethe_platform;
GRANT SELECT (tenant_id, state, next_attempt_at) ON notice_mail TO lethe_platform;
CREATE POLICY platform_read ON notice FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON webhook_delivery FOR SELECT TO lethe_platform USING (true);
CREATE POLICY platform_read ON notice_mail FOR SELECT TO lethe_platform USING (true);

CREATE FUNCTION tenants_with_notices()
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT n.tenant_id FROM notice n WHERE n.dispatched_at IS NULL GROUP BY n.tenant_id ORDER BY min(n.id::text)
$$;

-- Endpoints with something due, longest due first, and the next instant at which something will be.
CREATE FUNCTION webhooks_due(at timestamptz)
RETURNS TABLE (tenant_id uuid, endpoint_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT d.tenant_id, d.endpoint_id FROM webhook_delivery d
  WHERE d.state = 'QUEUED' AND d.next_attempt_at <= at
  GROUP BY d.tenant_id, d.endpoint_id ORDER BY min(d.next_attempt_at)
$$;

CREATE FUNCTION tenants_with_mail_due(at timestamptz)
RETURNS TABLE (tenant_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.tenant_id FROM notice_mail m
  WHERE m.state = 'QUEUED' AND m.next_attempt_at <= at GROUP BY m.tenant_id ORDER BY min(m.next_attempt_at)
$$;

-- Members of the tenant that the transaction is bound to, with where mail reaches them; the one thing that the
-- registrar learns of the identity provider's tables.
GRANT USAGE ON SCHEMA auth TO lethe_platform;
GRANT SELECT ("organizationId", "userId", "role") ON auth."member" TO lethe_platform;
GRANT SELECT ("id", "email") ON auth."user" TO lethe_platform;
CREATE FUNCTION notice_recipients()
RETURNS TABLE (user_id uuid, email text, role text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m."userId"::uuid, u."email", m."role"
  FROM auth."member" m JOIN auth."user" u ON u."id" = m."userId"
  WHERE m."organizationId" = app_tenant()::text
$$;

DO $$
DECLARE
  signature text;
BEGIN
  GRANT CREATE ON SCHEMA public TO lethe_platform;
  FOREACH signature IN ARRAY ARRAY['tenants_with_notices()', 'webhooks_due(timestamptz)',
                                   'tenants_with_mail_due(timestamptz)', 'notice_recipients()'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO lethe_registrar', signature);
    EXECUTE format('ALTER FUNCTION %s OWNER TO lethe_platform', signature);
  END LOOP;
  REVOKE CREATE ON SCHEMA public FROM lethe_platform;
END $$;
