import { DomainError, isDomainError } from '@lethe/domain'
import * as oidc from 'openid-client'
import { z } from 'zod'
import type { PublicFetch } from './public-fetch.js'
import { isSecure } from './public-fetch.js'

export interface OidcRegistration {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
}

export interface Journey {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/** What an ID token that was verified says of somebody. */
export interface OidcIdentity {
  readonly subject: string
  readonly email: string
  readonly isEmailVerified: boolean
  readonly name: string
}

export interface OidcClientOptions {
  readonly fetch: PublicFetch
  readonly allowLoopback: boolean
  readonly redirectUri: string
}

const Claims = z.object({
  sub: z.string().min(1).max(255),
  email: z.email().max(254),
  email_verified: z.boolean().default(false),
  name: z.string().max(200).default(''),
})

const refused = (message: string) => new DomainError('SSO_REFUSED', message)
const unreachable = () =>
  new DomainError(
    'PROVIDER_UNREACHABLE',
    'The identity provider does not answer as one; check the issuer.',
    'input.issuer',
  )

/** Authorization code flow with PKCE, state and nonce (RFC 6749, RFC 7636, RFC 9700; OpenID Connect Core 1.0). */
export function createOidcClient(options: OidcClientOptions) {
  const { allowLoopback, redirectUri } = options
  const open = async ({ issuer, clientId, clientSecret }: OidcRegistration): Promise<oidc.Configuration> => {
    const url = URL.canParse(issuer) ? new URL(issuer) : undefined
    if (url === undefined || !isSecure(url, allowLoopback))
      throw new DomainError('ADDRESS_FORBIDDEN', 'Give the https address of the issuer.', 'input.issuer')
    const insecure = allowLoopback ? { execute: [oidc.allowInsecureRequests] } : {}
    const found = await oidc.discovery(url, clientId, clientSecret, undefined, {
      [oidc.customFetch]: options.fetch,
      ...insecure,
    })
    const metadata = found.serverMetadata()
    const endpoints = [metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri]
    if (metadata.issuer !== issuer || endpoints.some((one) => !one || !isSecure(new URL(one), allowLoopback)))
      throw unreachable()
    // Basic is what a provider supports that does not say.
    const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const authenticate = methods.includes('client_secret_basic') ? oidc.ClientSecretBasic : oidc.ClientSecretPost
    const client = new oidc.Configuration(metadata, clientId, clientSecret, authenticate(clientSecret))
    client[oidc.customFetch] = options.fetch
    if (allowLoopback) oidc.allowInsecureRequests(client)
    // The ID token's signature is verified too, although it comes straight from the provider.
    oidc.enableNonRepudiationChecks(client)
    return client
  }

  return {
    /** @throws DomainError ADDRESS_FORBIDDEN, PROVIDER_UNREACHABLE */
    check: async (registration: OidcRegistration): Promise<void> =>
      void (await classified(open(registration), unreachable)),

    /** Where the browser goes, and what must be known when it comes back. */
    async begin(registration: OidcRegistration, loginHint: string): Promise<{ url: string; journey: Journey }> {
      const client = await classified(open(registration), unreachable)
      const journey = {
        state: oidc.randomState(),
        nonce: oidc.randomNonce(),
        codeVerifier: oidc.randomPKCECodeVerifier(),
      }
      const url = oidc.buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        state: journey.state,
        nonce: journey.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(journey.codeVerifier),
        code_challenge_method: 'S256',
        login_hint: loginHint,
      })
      return { url: url.href, journey }
    },

    /**
     * Exchanges the code of a callback's query string and verifies the ID token: signature, issuer, audience, nonce, times.
     *
     * @throws DomainError SSO_REFUSED, PROVIDER_UNREACHABLE
     */
    async finish(registration: OidcRegistration, query: string, journey: Journey): Promise<OidcIdentity> {
      const client = await classified(open(registration), unreachable)
      const current = new URL(redirectUri)
      current.search = query
      const tokens = await classified(
        oidc.authorizationCodeGrant(client, current, {
          pkceCodeVerifier: journey.codeVerifier,
          expectedState: journey.state,
          expectedNonce: journey.nonce,
          idTokenExpected: true,
        }),
        () => refused('The answer of the identity provider does not hold; sign in again.'),
      )
      const claims = Claims.safeParse(tokens.claims())
      if (!claims.success) throw refused('The identity provider does not say your address; ask who runs it.')
      const { sub: subject, email, email_verified: isEmailVerified, name } = claims.data
      return { subject, email: email.toLowerCase(), isEmailVerified, name }
    },
  }
}

export type OidcClient = ReturnType<typeof createOidcClient>

async function classified<T>(work: Promise<T>, refusal: () => DomainError): Promise<T> {
  try {
    return await work
  } catch (error) {
    const cause = error instanceof Error && isDomainError(error.cause) ? error.cause : error
    throw isDomainError(cause) ? cause : refusal()
  }
}
