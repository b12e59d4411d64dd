-- A row says what serves from an instant on; null: nothing does. So what served at any time can be read from one row.
ALTER TABLE promotion ALTER COLUMN model_version_id DROP NOT NULL;
DROP INDEX promotion_tenant_id_model_id_at_idx;
CREATE INDEX promotion_tenant_id_model_id_at_id_idx ON promotion (tenant_id, model_id, at, id);

-- Model versions that a statement is about: subjects are named model-version/<id>, or model-version/<id>/<part>.
CREATE FUNCTION statement_model_versions(statement jsonb) RETURNS uuid[]
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(array_agg(DISTINCT split_part(subject ->> 'name', '/', 2)::uuid), '{}')
  FROM jsonb_array_elements(statement -> 'subject') AS subject
  WHERE subject ->> 'name' ~ '^model-version/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(/|$)'
$$;
ALTER TABLE evidence ADD COLUMN model_versions uuid[] GENERATED ALWAYS AS (statement_model_versions(body::jsonb)) STORED;
CREATE INDEX evidence_model_versions_idx ON evidence USING gin (model_versions);
CREATE INDEX evidence_tenant_id_kind_seq_idx ON evidence (tenant_id, kind, seq);
