import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import path from 'node:path'
import { promisify } from 'node:util'
import { checkoutDir, findFreePort } from '@lethe/stack'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type GatewayRig, startGatewayRig } from '../../apps/gateway/src/testing/gateway-rig.js'

const perMinute = 3
let rig: GatewayRig
let portal: ChildProcess
let url: string

beforeAll(async () => {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs'], { cwd: checkoutDir })
  // The portal, and a proxy before it, ask from 127.0.0.1; browsers from other addresses of this machine.
  rig = await startGatewayRig({ TRUST_PROXY: ['127.0.0.1'], SIGN_INS_PER_MINUTE: perMinute })
  const port = await findFreePort()
  url = `http://127.0.0.1:${port}`
  portal = spawn(process.execPath, [path.join(checkoutDir, 'apps/portal/.next/standalone/apps/portal/server.js')], {
    env: { ...process.env, PORT: String(port), HOSTNAME: '127.0.0.1', GATEWAY_URL: rig.url, NODE_ENV: 'production' },
    stdio: 'ignore',
  })
  await vi.waitFor(async () => expect((await fetch(`${url}/livez`)).status).toBe(200), 60_000)
}, 400_000)
afterAll(async () => {
  if (portal.kill()) await once(portal, 'exit')
  await rig?.stop()
})

/** Status of a sign-in with a wrong password, from an address of this machine. */
async function attempt(from: string, forwardedFor?: string): Promise<number | undefined> {
  const body = JSON.stringify({ email: 'nobody@new.test', password: 'not the password' })
  const sent = request(`${url}/api/session`, {
    method: 'POST',
    localAddress: from,
    agent: false,
    headers: {
      'content-type': 'application/json',
      origin: url,
      ...(forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }),
    },
  }).end(body)
  const [answer] = (await once(sent, 'response')) as [{ statusCode?: number; resume: () => void }]
  answer.resume()
  return answer.statusCode
}

describe('the limit of sign-ins through the portal', () => {
  it('counts a browser by its connection, whatever it says of itself', async () => {
    const statuses: unknown[] = []
    for (let i = 0; i <= perMinute; i++) statuses.push(await attempt('127.0.0.2', `198.51.100.${i}`))
    expect(statuses).toEqual([...Array<number>(perMinute).fill(401), 429])
    // What looks like the portal's own entry and a proxy's does not help either.
    expect(await attempt('127.0.0.2', '198.51.100.9, 127.0.0.1')).toBe(429)
    expect(await attempt('127.0.0.2')).toBe(429)
    expect(await attempt('127.0.0.3')).toBe(401)
  })

  it('counts browsers behind a proxy that is trusted by what that proxy saw last', async () => {
    const behind = (seen: string) => attempt('127.0.0.1', seen)
    for (let i = 0; i < perMinute; i++) expect(await behind(`198.51.100.${i}, 203.0.113.1`)).toBe(401)
    expect(await behind('198.51.100.77, 203.0.113.1')).toBe(429)
    expect(await behind('203.0.113.2')).toBe(401)
  })
})
