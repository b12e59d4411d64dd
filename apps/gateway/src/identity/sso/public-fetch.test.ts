import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPublicFetch } from './public-fetch.js'

let url = ''
let asked = 0
const server = createServer((request, response) => {
  asked++
  if (request.url === '/elsewhere') return response.writeHead(302, { location: `${url}/secret` }).end()
  if (request.url === '/large') return response.end(Buffer.alloc(600 * 1024))
  response.end('secret')
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

describe('an address that a stranger names', () => {
  const outside = createPublicFetch({ allowLoopback: false })

  it('is not connected to when it is this machine, under whatever name', async () => {
    const port = new URL(url).port
    for (const address of [url, `https://127.0.0.1:${port}`, `https://localhost:${port}`, `https://[::1]:${port}`])
      await expect(outside(address, {})).rejects.toMatchObject({ code: 'ADDRESS_FORBIDDEN' })
    expect(asked).toBe(0)
  })

  it('is asked here where that is allowed, without following a redirect or reading without end', async () => {
    const here = createPublicFetch({ allowLoopback: true })
    expect(await (await here(url, {})).text()).toBe('secret')
    const before = asked
    expect((await here(`${url}/elsewhere`, {})).status).toBe(302)
    expect(asked).toBe(before + 1)
    await expect(here(`${url}/large`, {})).rejects.toThrow('too large')
  })
})
