import type { ArtifactStore } from '@lethe/artifacts'
import type { Bus } from '@lethe/bus'
import type { Database } from '@lethe/db'
import type { WebhookTargets } from '@lethe/domain'
import type { ModelVerifier } from '@lethe/ledger'
import type { Logger } from '@lethe/runtime'
import type { AccessRecorder } from './access/access-recorder.js'
import type { KeyUse } from './access/key-use.js'
import type { Standings } from './access/standings.js'
import type { EventPositions } from './graphql/event-position.js'
import type { RateLimits } from './http/rate-limits.js'
import type { TrustedDocuments } from './http/trusted-documents.js'
import type { DownloadGrants } from './http/download-grants.js'
import type { UploadSigner } from './http/upload-signer.js'
import type { UploadStaging } from './http/upload-staging.js'
import type { ExternalIssuer } from './identity/external-issuer.js'
import type { Memberships } from './identity/memberships.js'
import type { Invitations } from './identity/invitations.js'
import type { People } from './identity/people.js'
import type { Postman } from './identity/postman.js'
import type { SsoProviders } from './identity/sso/sso-providers.js'
import type { TokenVerifier } from './identity/verify-token.js'
import type { ExportSigner } from './modules/export/export-signer.js'
import type { LogIdentity } from './modules/evidence/log-identity.js'

/** What every request is served with; made once per process. */
export interface Services {
  readonly db: Database
  readonly bus: Bus
  readonly artifacts: ArtifactStore
  readonly people: People
  readonly invitations: Invitations
  readonly ssoProviders: SsoProviders
  /** Where identity providers of tenants send browsers back. */
  readonly ssoRedirectUri: string
  readonly memberships: Memberships
  readonly accessRecorder: AccessRecorder
  readonly standings: Standings
  readonly keyUse: KeyUse
  /** Sends mail to people, in bounds for each address. */
  readonly postman: Postman
  /** Where people reach the portal; no slash at its end. */
  readonly portalUrl: string
  readonly tokens: TokenVerifier
  /** Issuers outside whose tokens are accepted. */
  readonly externalIssuers: readonly ExternalIssuer[]
  readonly downloads: DownloadGrants
  readonly uploads: UploadSigner
  /** Where uploads grow until they are whole. */
  readonly staging: UploadStaging
  readonly documents: TrustedDocuments
  readonly rates: RateLimits
  readonly eventPositions: EventPositions
  readonly logIdentity: LogIdentity
  /** Signs the manifests of exports. */
  readonly exportSigner: ExportSigner
  /** Checks signatures over model files. */
  readonly modelVerifier: ModelVerifier
  /** Names a member in evidence to nobody who does not know both the member and the platform's secret. */
  readonly commitToPerson: (person: { tenantId: string; userId: string }) => string
  /** The same of a domain, an address or the like, which may name a person and could never be taken off the log. */
  readonly commitToName: (named: { tenantId: string; name: string }) => string
  readonly logger: Logger
  readonly now: () => Date
  /** Where clients reach this gateway. */
  readonly publicUrl: string
  /** Where the embedding service is reached. */
  readonly embeddingUrl: string
  readonly maxUploadBytes: number
  /** Where tenants may send webhooks. */
  readonly webhookTargets: WebhookTargets
}
