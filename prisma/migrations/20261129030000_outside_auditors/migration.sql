-- An auditor of an issuer outside has no account here; a grant says whom it is for as their tokens do.
ALTER TABLE auditor_grant
  ADD COLUMN outside_issuer TEXT,
  ADD COLUMN outside_subject TEXT,
  ADD CONSTRAINT auditor_grant_outside CHECK ((outside_issuer IS NULL) = (outside_subject IS NULL));
