-- A link whose mail the mail server did not take is told from one that was taken back.
ALTER TABLE identity_challenge
  DROP CONSTRAINT identity_challenge_outcome,
  ADD CONSTRAINT identity_challenge_outcome CHECK (outcome IN ('CONFIRMED', 'DECLINED', 'CANCELLED', 'UNSENT'));
