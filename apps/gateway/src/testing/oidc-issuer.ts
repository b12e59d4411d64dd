import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'

/** Who signs in at the provider; everything but `sub` becomes a claim of the ID token. */
export interface OidcPerson {
  readonly sub: string
  readonly email?: string
  readonly email_verified?: boolean
  readonly name?: string
}

export interface OidcIssuer {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Whoever comes next is this person, without being asked. */
  person: OidcPerson
  /** A JWT access token with these claims, by the client credentials grant. */
  readonly accessToken: (claims: Record<string, unknown>, audience?: string) => Promise<string>
  /** Signs with new keys from now on, and publishes these alone. */
  readonly changeKeys: () => Promise<void>
  readonly stop: () => Promise<void>
}

const clientId = 'lethe'
const clientSecret = 'a secret of the tests, and long enough for them'

/** A real OpenID provider on this machine. */
export async function startOidcIssuer(redirectUri: string, port = 0): Promise<OidcIssuer> {
  let claims: Record<string, unknown> = {}
  const state = { person: { sub: 'nobody' } as OidcPerson, known: new Map<string, OidcPerson>() }
  const server: Server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  const serve = async (): Promise<void> => {
    const provider = new Provider(issuer, await configuration(redirectUri, state, () => claims))
    const answer = provider.callback()
    server.removeAllListeners('request')
    server.on('request', (request, response) => {
      if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
      void letIn(provider, request, response, state.person)
    })
  }
  await serve()
  return {
    issuer,
    clientId,
    clientSecret,
    get person() {
      return state.person
    },
    set person(person) {
      state.person = person
      state.known.set(person.sub, person)
    },
    accessToken: async (wanted, audience = 'lethe') => {
      claims = wanted
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(clientSecret)}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: `urn:audience:${audience}` }),
      })
      return ((await response.json()) as { access_token: string }).access_token
    },
    changeKeys: serve,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function configuration(
  redirectUri: string,
  state: { known: ReadonlyMap<string, OidcPerson> },
  claims: () => Record<string, unknown>,
): Promise<Configuration> {
  const key = async (alg: string): Promise<JWK> => ({
    ...(await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey)),
    alg,
    use: 'sig',
    kid: `${alg}-${Math.random().toString(36).slice(2)}`,
  })
  return {
    jwks: { keys: [await key('RS256'), await key('ES256')] },
    cookies: { keys: ['a key of the tests'] },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code', 'client_credentials'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...state.known.get(sub), sub }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    extraTokenClaims: () => claims(),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: '',
          audience: resource.replace('urn:audience:', ''),
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  }
}

/** Signs the person in and grants what was asked, as a human would by two clicks. */
async function letIn(
  provider: Provider,
  request: Parameters<Provider['interactionDetails']>[0],
  response: Parameters<Provider['interactionDetails']>[1],
  person: OidcPerson,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login')
    return provider.interactionFinished(request, response, { login: { accountId: person.sub } })
  const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope']))
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } })
}
