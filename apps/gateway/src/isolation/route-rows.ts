import { hex } from '../testing/seed.js'
import type { RouteRow, Things } from './row.js'

/** Served to everybody alike, and nothing of any tenant in it; each has guarantees of its own elsewhere. */
export const publicRoutes: readonly string[] = [
  'GET /livez',
  'GET /readyz',
  'GET /v1/exports/key.pem',
  // For services by their own credential; tested in introspection.test.ts.
  'POST /v1/introspect',
  // Sign-in: answers about whoever brings the password or the session.
  'POST /auth/sign-in/email',
  'POST /auth/sign-out',
  'POST /auth/change-password',
  'GET /auth/get-session',
  'GET /auth/token',
  'GET /auth/jwks',
  'POST /auth/request-password-reset',
  'POST /auth/reset-password',
  'POST /auth/invitation/read',
  'POST /auth/invitation/accept',
  'GET /auth/sign-up',
  'POST /auth/sign-up/request',
  'POST /auth/sign-up/read',
  'POST /auth/sign-up/complete',
  // For whoever holds a mailed link; tested in identity-challenge.test.ts.
  'POST /auth/erasure-identity/read',
  'POST /auth/erasure-identity/answer',
  'POST /auth/sso/begin',
  'POST /auth/sso/finish',
  'GET /auth/tenants',
  'POST /auth/tenants/active',
  'POST /auth/sign-out-everywhere',
  // Every operation has a row of its own.
  'POST /graphql',
  // Answered 405, whoever asks.
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /graphql`),
  'POST /graphql/stream',
]

const newMember = ({ tenantId }: Things) => ({
  tenantId,
  email: 'm@x.test',
  name: 'm',
  password: 'long enough a password',
  role: 'engineer',
})

/** One row for each route that is not public; the matrix fails where one is missing. */
export const routeRows: Readonly<Record<string, RouteRow>> = {
  'PUT /v1/uploads/:tenant/:digest': {
    path: ({ tenantId }) => `/v1/uploads/${tenantId}/${hex('x')}?size=1&expires=9999999999999&sig=x`,
    answers: { anonymous: 403, rival: 403, 'without the right': 403 },
    without: 'engineer',
    permitted: 'engineer',
  },
  'PATCH /v1/uploads/:tenant/:digest': {
    path: ({ tenantId }) => `/v1/uploads/${tenantId}/${hex('x')}?size=1&expires=9999999999999&sig=x`,
    answers: { anonymous: 403, rival: 403, 'without the right': 403 },
    without: 'engineer',
    permitted: 'engineer',
  },
  'DELETE /v1/uploads/:tenant/:digest': {
    path: ({ tenantId }) => `/v1/uploads/${tenantId}/${hex('x')}?size=1&expires=9999999999999&sig=x`,
    answers: { anonymous: 403, rival: 403, 'without the right': 403 },
    without: 'engineer',
    permitted: 'engineer',
  },
  // An address is given for any path; what is behind it is asked for when it is fetched, see downloads.test.ts.
  'POST /v1/downloads': {
    path: () => '/v1/downloads',
    body: ({ evidenceBundleId }) => ({ path: `/v1/evidence/bundles/${evidenceBundleId}` }),
    answers: { anonymous: 401, 'without the right': 403, permitted: 201 },
    without: 'platform_admin',
    permitted: 'auditor',
  },
  'GET /v1/samples/:version/:file': {
    path: ({ datasetVersionId }) => `/v1/samples/${datasetVersionId}/0.png`,
    answers: { anonymous: 401, rival: 404, 'without the right': 403 },
    without: 'data_owner',
    permitted: 'engineer',
  },
  'GET /v1/audits/:id/matrices': {
    path: ({ auditId }) => `/v1/audits/${auditId}/matrices`,
    answers: { anonymous: 401, rival: 404, 'without the right': 403 },
    without: 'platform_admin',
    permitted: 'auditor',
  },
  'GET /v1/evidence/bundles/:id': {
    path: ({ evidenceBundleId }) => `/v1/evidence/bundles/${evidenceBundleId}`,
    answers: { anonymous: 401, rival: 404, 'without the right': 403, permitted: 200 },
    without: 'platform_admin',
    permitted: 'auditor',
  },
  'GET /v1/model-versions/:id/:file': {
    path: ({ modelVersionId }) => `/v1/model-versions/${modelVersionId}/weights.safetensors`,
    answers: { anonymous: 401, rival: 404, 'without the right': 403 },
    without: 'auditor',
    permitted: 'engineer',
  },
  'GET /v1/evidence/model-signing-key.pem': {
    path: () => '/v1/evidence/model-signing-key.pem',
    answers: { anonymous: 401, rival: 200, 'without the right': 403, permitted: 200 },
    without: 'data_owner',
    permitted: 'auditor',
  },
  'GET /v1/exports/erasure-requests': {
    path: () => '/v1/exports/erasure-requests',
    answers: { anonymous: 401, rival: 200, 'without the right': 403, permitted: 200 },
    without: 'platform_admin',
    permitted: 'privacy_officer',
  },
  'GET /v1/exports/audits': {
    path: () => '/v1/exports/audits',
    answers: { anonymous: 401, rival: 200, 'without the right': 403, permitted: 200 },
    without: 'platform_admin',
    permitted: 'engineer',
  },
  'GET /v1/exports/clocks': {
    path: () => '/v1/exports/clocks',
    answers: { anonymous: 401, rival: 200, 'without the right': 403, permitted: 200 },
    without: 'data_owner',
    permitted: 'tenant_owner',
  },
  'GET /v1/exports/runs': {
    path: () => '/v1/exports/runs',
    answers: { anonymous: 401, rival: 200, 'without the right': 403, permitted: 200 },
    without: 'data_owner',
    permitted: 'engineer',
  },
  'GET /v1/evidence/log-checkpoint': {
    path: () => '/v1/evidence/log-checkpoint',
    answers: { anonymous: 401, rival: 404, 'without the right': 403 },
    without: 'data_owner',
    permitted: 'auditor',
  },
  'GET /v1/evidence/export': {
    path: () => '/v1/evidence/export',
    answers: { anonymous: 401, rival: 404, 'without the right': 403 },
    without: 'data_owner',
    permitted: 'auditor',
  },
  'POST /v1/admin/tenants': {
    path: () => '/v1/admin/tenants',
    body: (things) => ({ name: 'x', slug: 'x1', owner: newMember(things) }),
    answers: { anonymous: 401, rival: 403, 'without the right': 403 },
    without: 'tenant_owner',
    permitted: 'tenant_owner',
  },
  'POST /v1/admin/members': {
    path: () => '/v1/admin/members',
    body: newMember,
    answers: { anonymous: 401, rival: 403, 'without the right': 403 },
    without: 'tenant_owner',
    permitted: 'tenant_owner',
  },
}
