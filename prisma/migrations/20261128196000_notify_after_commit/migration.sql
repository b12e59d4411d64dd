-- NOTIFY in a transaction takes a lock of the whole server until its commit is on disk, so that commits of all tenants
-- waited for one another. Whoever commits tells listeners afterwards; polling finds what was not told.
DROP TRIGGER outbox_notify ON outbox;
DROP FUNCTION outbox_notify();

-- The same hashes as before; of the head only what is needed.
CREATE OR REPLACE FUNCTION evidence_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  head_seq bigint;
  head_hash bytea;
BEGIN
  -- One appender per tenant until commit; other tenants are not held up.
  PERFORM pg_advisory_xact_lock(hashtextextended('evidence:' || NEW.tenant_id::text, 0));
  SELECT e.seq, e.hash INTO head_seq, head_hash
  FROM public.evidence e WHERE e.tenant_id = NEW.tenant_id ORDER BY e.seq DESC LIMIT 1;
  NEW.seq := coalesce(head_seq, 0) + 1;
  NEW.prev_hash := coalesce(head_hash, decode(repeat('00', 32), 'hex'));
  NEW.created_at := clock_timestamp();
  NEW.leaf_hash := sha256('\x00'::bytea || convert_to(NEW.body, 'UTF8'));
  -- SHA-256(0x00 || prev_hash || seq, 8 bytes big-endian || tenant, 16 bytes || SHA-256(kind) || SHA-256(body))
  NEW.hash := sha256('\x00'::bytea || NEW.prev_hash || int8send(NEW.seq) || uuid_send(NEW.tenant_id)
                     || sha256(convert_to(NEW.kind, 'UTF8')) || sha256(convert_to(NEW.body, 'UTF8')));
  RETURN NEW;
END $$;
