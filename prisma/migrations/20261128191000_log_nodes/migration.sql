-- Roots of full subtrees, so that a proof of any size is a few rows and not the whole tree.
CREATE TABLE "log_node" (
    "tenant_id" UUID NOT NULL,
    "level" SMALLINT NOT NULL,
    "index" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "log_node_pkey" PRIMARY KEY ("tenant_id","level","index")
);
ALTER TABLE log_node
  ADD CONSTRAINT log_node_level CHECK (level BETWEEN 1 AND 6),
  ADD CONSTRAINT log_node_index CHECK ("index" >= 0),
  ADD CONSTRAINT log_node_hash CHECK (octet_length(hash) = 32);

-- Logs from before this table: what the newest checkpoint covers, level by level. The owner reads past its own policies
-- until the end of this transaction.
ALTER TABLE evidence NO FORCE ROW LEVEL SECURITY;
ALTER TABLE log_checkpoint NO FORCE ROW LEVEL SECURITY;

CREATE FUNCTION pg_temp.subtree_root(hashes bytea[]) RETURNS bytea LANGUAGE plpgsql AS $$
BEGIN
  WHILE array_length(hashes, 1) > 1 LOOP
    SELECT array_agg(sha256('\x01'::bytea || hashes[2 * i - 1] || hashes[2 * i]) ORDER BY i) INTO hashes
    FROM generate_series(1, array_length(hashes, 1) / 2) AS i;
  END LOOP;
  RETURN hashes[1];
END $$;

INSERT INTO log_node (tenant_id, level, "index", hash)
SELECT e.tenant_id, 1, (e.seq - 1) / 256, pg_temp.subtree_root(array_agg(e.leaf_hash ORDER BY e.seq))
FROM evidence e
JOIN (SELECT tenant_id, max(size) AS size FROM log_checkpoint GROUP BY tenant_id) c USING (tenant_id)
WHERE e.seq <= c.size
GROUP BY e.tenant_id, (e.seq - 1) / 256
HAVING count(*) = 256;

DO $$
DECLARE
  below int := 1;
BEGIN
  LOOP
    INSERT INTO log_node (tenant_id, level, "index", hash)
    SELECT tenant_id, below + 1, "index" / 256, pg_temp.subtree_root(array_agg(hash ORDER BY "index"))
    FROM log_node WHERE level = below
    GROUP BY tenant_id, "index" / 256
    HAVING count(*) = 256;
    EXIT WHEN NOT FOUND;
    below := below + 1;
  END LOOP;
END $$;

DROP FUNCTION pg_temp.subtree_root(bytea[]);
ALTER TABLE evidence FORCE ROW LEVEL SECURITY;
ALTER TABLE log_checkpoint FORCE ROW LEVEL SECURITY;

ALTER TABLE log_node ENABLE ROW LEVEL SECURITY;
ALTER TABLE log_node FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_only ON log_node USING (tenant_id = app_tenant()) WITH CHECK (tenant_id = app_tenant());
GRANT SELECT ON log_node TO lethe_gateway, lethe_registrar;
GRANT INSERT ON log_node TO lethe_registrar;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON log_node FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON log_node FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
ALTER TABLE log_node ENABLE ALWAYS TRIGGER append_only;
ALTER TABLE log_node ENABLE ALWAYS TRIGGER no_truncate;
