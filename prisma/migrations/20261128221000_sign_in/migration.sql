-- Ways in: invitations by mail, single sign-on of a tenant, limits that every replica counts together.

-- Only the hash of what was mailed is kept. Who came by an issuer outside has no row here, so the inviter may be unknown.
ALTER TABLE auth."invitation"
  ADD COLUMN "tokenHash" text UNIQUE,
  ADD COLUMN "locale" text NOT NULL DEFAULT 'en',
  ADD COLUMN "subjectKey" text,
  ADD COLUMN "settledAt" timestamptz,
  ALTER COLUMN "inviterId" DROP NOT NULL,
  ADD CONSTRAINT "invitation_status" CHECK ("status" IN ('pending', 'accepted', 'revoked')),
  ADD CONSTRAINT "invitation_role"
    CHECK ("role" IN ('tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor'));
-- The newest invitation of an address counts; it takes the place of those before.
CREATE UNIQUE INDEX "invitation_pending_key" ON auth."invitation" ("organizationId", "email") WHERE "status" = 'pending';

-- A session that began at a tenant's identity provider reaches that tenant and no other.
ALTER TABLE auth."session" ADD COLUMN "boundTenantId" text, ADD COLUMN "ssoProviderId" text;

CREATE TABLE auth."ssoProvider" (
  "id" text NOT NULL PRIMARY KEY,
  "organizationId" text NOT NULL REFERENCES auth."organization" ("id") ON DELETE CASCADE,
  "issuer" text NOT NULL,
  "clientId" text NOT NULL,
  -- Encrypted under the gateway's secret.
  "clientSecret" text NOT NULL,
  "domain" text NOT NULL,
  -- What the domain's owner publishes in DNS.
  "domainToken" text NOT NULL,
  "domainVerifiedAt" timestamptz,
  -- Of people who were never invited; null: they are refused.
  "newcomerRole" text,
  "createdAt" timestamptz NOT NULL,
  CONSTRAINT "ssoProvider_newcomerRole" CHECK ("newcomerRole" IN ('engineer', 'data_owner', 'auditor')),
  CONSTRAINT "ssoProvider_domain" CHECK ("domain" = lower("domain")),
  UNIQUE ("organizationId", "domain")
);
-- Anybody may claim a domain; one tenant has shown that it is theirs.
CREATE UNIQUE INDEX "ssoProvider_verified_domain_key" ON auth."ssoProvider" ("domain")
  WHERE "domainVerifiedAt" IS NOT NULL;
-- One person of a provider is one person here.
CREATE UNIQUE INDEX "account_sso_key" ON auth."account" ("providerId", "accountId") WHERE "providerId" LIKE 'sso:%';

CREATE TABLE auth."rateLimit" (
  "id" text NOT NULL PRIMARY KEY,
  "key" text NOT NULL UNIQUE,
  "count" integer NOT NULL,
  "lastRequest" bigint NOT NULL
);

-- Mails to one address, whoever asked for them (rate-limiter-flexible).
CREATE TABLE auth."mail_limit" (
  key varchar(255) PRIMARY KEY,
  points integer NOT NULL DEFAULT 0,
  expire bigint
);

GRANT SELECT, INSERT, UPDATE, DELETE ON auth."ssoProvider", auth."rateLimit", auth."mail_limit" TO lethe_auth;
