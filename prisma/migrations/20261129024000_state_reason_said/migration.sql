-- Why a request stands still, in codes beside the English words, so that it can be said in the reader's language. Reasons
-- from before, and those that a person wrote, have words alone.
ALTER TABLE erasure_request ADD COLUMN state_reason_said jsonb;
