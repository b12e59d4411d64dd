import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GatewayRig, startGatewayRig } from './testing/gateway-rig.js'

let rig: GatewayRig
beforeAll(async () => {
  // The suite reads variables back through the introspection, which production does not offer.
  rig = await startGatewayRig({ NODE_ENV: 'test' })
})
afterAll(() => rig.stop())

/** Named before there is a server, so that there is a test for each. */
const audits = serverAudits({ url: () => `${rig.url}/graphql` })
const byWord = (word: string) => audits.filter(({ name }) => name.startsWith(word))

/** What the specification leaves open, and we leave out: operations in an address end up in logs and caches. */
const onlyForGet = [
  'MAY accept application/x-www-form-urlencoded formatted GET requests',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json',
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json',
]

describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  it.each([...byWord('MUST'), ...byWord('SHOULD')])('$name', async ({ fn }) => {
    expect(await fn()).toMatchObject({ status: 'ok' })
  })

  it('does what it may, but for GET', async () => {
    const results = await Promise.all(byWord('MAY').map(({ fn }) => fn()))
    const left = results.filter(({ status }) => status !== 'ok').map(({ name }) => name)
    expect(left.sort()).toEqual(onlyForGet.sort())
  })

  it('tells a browser that comes with GET what to do, and runs nothing for a form of another site', async () => {
    const got = await fetch(`${rig.url}/graphql?query=%7B__typename%7D`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await got.json()).toMatchObject({ errors: [{ extensions: { code: 'METHOD_NOT_ALLOWED' } }] })
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const body = '{"query":"{__typename}"}'
      const posted = await fetch(`${rig.url}/graphql`, { method: 'POST', headers: { 'content-type': type }, body })
      expect([type, posted.status, await posted.json()]).toMatchObject([
        type,
        415,
        { errors: [{ extensions: { code: 'MEDIA_TYPE_UNSUPPORTED' } }] },
      ])
    }
  })
})
