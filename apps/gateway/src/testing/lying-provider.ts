import { createServer } from 'node:http'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'

export interface LyingProvider {
  readonly issuer: string
  /** What its next ID token says beside or instead of the truth, and whether by the key that it publishes. */
  lie: { readonly claims?: JWTPayload; readonly byAnotherKey?: boolean }
  /** Of the last token request. */
  readonly seen: { codeVerifier?: string | null }
  /** Comes back to the client as if somebody had signed in; the query string. */
  readonly comeBack: (authorizationUrl: string) => string
  readonly stop: () => Promise<void>
}

/** A provider that says whatever its operator likes, as a tenant's own may. */
export async function startLyingProvider(truth: JWTPayload): Promise<LyingProvider> {
  const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }
  const state: { lie: LyingProvider['lie']; nonce: string; seen: LyingProvider['seen'] } = {
    lie: {},
    nonce: '',
    seen: {},
  }
  let issuer = ''
  const idToken = () => {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: issuer,
      aud: 'lethe',
      iat: now,
      exp: now + 60,
      nonce: state.nonce,
      ...truth,
      ...state.lie.claims,
    }
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'own' })
      .sign(state.lie.byAnotherKey ? other.privateKey : own.privateKey)
  }
  const server = createServer((request, response) => {
    const answer = (body: object) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(body))
    }
    if (request.url === '/.well-known/openid-configuration')
      return answer({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      })
    if (request.url === '/jwks') return answer({ keys: [jwk] })
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      state.seen.codeVerifier = new URLSearchParams(body).get('code_verifier')
      void idToken().then((token) =>
        answer({ access_token: 'x', token_type: 'Bearer', expires_in: 60, id_token: token }),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  return {
    issuer,
    seen: state.seen,
    get lie() {
      return state.lie
    },
    set lie(lie) {
      state.lie = lie
    },
    comeBack: (authorizationUrl) => {
      const { searchParams } = new URL(authorizationUrl)
      state.nonce = searchParams.get('nonce') ?? ''
      return new URLSearchParams({ code: 'x', state: searchParams.get('state') ?? '' }).toString()
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
