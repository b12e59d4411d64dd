-- Cost, coverage, deletion, keys and auditors can be on record.
ALTER TABLE evidence
  DROP CONSTRAINT evidence_kind,
  ADD CONSTRAINT evidence_kind CHECK (kind IN (
    'dataset-registered/v1', 'model-trained/v1', 'model-promoted/v1', 'erasure-requested/v1', 'identity-verified/v1',
    'erasure-planned/v1', 'erasure-approved/v1', 'model-unlearned/v1', 'audit-completed/v1', 'erasure-closed/v1',
    'erasure-blocked/v1', 'run-ended/v1', 'clock-changed/v1', 'owner-audit-countersigned/v1', 'cost-recorded/v1',
    'closure-assessed/v1', 'data-deleted/v1', 'dataset-redacted/v1', 'subject-shredded/v1', 'log-key-rotated/v1',
    'auditor-finding/v1', 'auditor-signed-off/v1'));
