-- The same set as before. A function in SQL is planned anew in each statement that appends, which took a third of an
-- append; expressions of PL/pgSQL are kept for the session.
CREATE OR REPLACE FUNCTION statement_model_versions(statement jsonb) RETURNS uuid[]
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  subjects jsonb := statement -> 'subject';
  name text;
  id uuid;
  versions uuid[] := '{}';
BEGIN
  FOR at IN 0 .. coalesce(jsonb_array_length(subjects), 0) - 1 LOOP
    name := subjects -> at ->> 'name';
    CONTINUE WHEN name IS NULL OR name !~ '^model-version/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(/|$)';
    id := split_part(name, '/', 2)::uuid;
    IF id <> ALL (versions) THEN
      versions := versions || id;
    END IF;
  END LOOP;
  RETURN versions;
END $$;
