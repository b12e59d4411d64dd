-- The signature over a version's files (OpenSSF Model Signing), kept among the tenant's blobs. Null for versions that
-- were trained before there was a key.
ALTER TABLE "model_version" ADD COLUMN "signature_digest" TEXT;
