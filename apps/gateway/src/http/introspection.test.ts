import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { gatewayAudience, issuerOfService } from '@lethe/domain'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminEmail, type GatewayRig, startGatewayRig, type TestTenant } from '../testing/gateway-rig.js'
import { seedCase, seedModel, type SeededData } from '../testing/seed.js'

let rig: GatewayRig
let acme: TestTenant
let data: SeededData
beforeAll(async () => {
  rig = await startGatewayRig()
  acme = await rig.createTenant('acme')
  data = await seedModel(rig, acme, 'acme')
})
afterAll(() => rig.stop())

interface Credential {
  readonly key?: KeyObject | Uint8Array
  readonly alg?: string
  readonly issuer?: string
  readonly audience?: string
  readonly issuedAt?: number
  readonly seconds?: number
}

const nowSeconds = () => Math.floor(Date.now() / 1000)

function credential(change: Credential = {}): Promise<string> {
  const issuer = change.issuer ?? issuerOfService('embedding')
  const issuedAt = change.issuedAt ?? nowSeconds()
  return new SignJWT()
    .setProtectedHeader({ alg: change.alg ?? 'EdDSA' })
    .setIssuer(issuer)
    .setSubject(issuer)
    .setAudience(change.audience ?? gatewayAudience)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + (change.seconds ?? 120))
    .sign(change.key ?? rig.serviceKey)
}

async function introspect(shown: string | null, form: Record<string, string>) {
  const response = await fetch(`${rig.url}/v1/introspect`, {
    method: 'POST',
    headers: shown === null ? {} : { authorization: `Bearer ${shown}` },
    body: new URLSearchParams(form),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('a service that calls another', () => {
  it('is let in by its own short-lived credential alone', async () => {
    const token = acme.tokens.engineer
    expect(await introspect(await credential(), { token })).toMatchObject({ status: 200, body: { active: true } })
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`
    const refused: [string, string | null][] = [
      ['none', null],
      ['unsigned', unsigned],
      ['a person, be it an owner', acme.tokens.tenant_owner],
      ['forged', await credential({ key: generateKeyPairSync('ed25519').privateKey })],
      ['signed with what is public', await credential({ alg: 'HS256', key: Buffer.alloc(32, 7) })],
      ['expired', await credential({ issuedAt: nowSeconds() - 300 })],
      ['of tomorrow', await credential({ issuedAt: nowSeconds() + 300 })],
      ['for longer than it may', await credential({ seconds: 3600 })],
      ['for another service', await credential({ audience: 'https://lethe.dev/services/embedding' })],
      ['for users', await credential({ audience: 'lethe' })],
      ['of another service', await credential({ issuer: 'https://lethe.dev/services/compute' })],
    ]
    for (const [what, shown] of refused)
      expect([what, await introspect(shown, { token })]).toMatchObject([
        what,
        { status: 401, body: { code: 'SERVICE_UNKNOWN' } },
      ])
  })

  it('gains nothing by it elsewhere', async () => {
    const answer = await rig.graphql(await credential(), '{ viewer { role } }')
    expect([answer.status, answer.data ?? null]).toEqual([401, null])
  })
})

describe('what it is told', () => {
  const ask = async (token: string, resource?: string) =>
    (await introspect(await credential(), { token, ...(resource === undefined ? {} : { resource }) })).body

  it('is who a token or key is, and nothing where it holds no more', async () => {
    expect(await ask(acme.tokens.engineer)).toEqual({
      active: true,
      sub: acme.userIds.engineer,
      tenant: acme.id,
      role: 'engineer',
      exp: expect.any(Number),
    })
    for (const token of ['', 'nonsense', await rig.signIn(adminEmail)])
      expect(await ask(token)).toEqual({ active: false })
    await rig.gateway.services.memberships.remove({ tenantId: acme.id, userId: acme.userIds.data_owner, actorId: null })
    expect(await ask(acme.tokens.data_owner)).toEqual({ active: false })
  })

  it('is of an auditor that they may ask for the models of their cases', async () => {
    expect(await ask(acme.tokens.auditor, data.modelVersionId)).toEqual({ active: false })
    await seedCase(rig, acme, data)
    expect(await ask(acme.tokens.auditor, data.modelVersionId)).toMatchObject({ active: true, role: 'auditor' })
    expect(await ask(acme.tokens.auditor, randomUUID())).toEqual({ active: false })
  })
})
