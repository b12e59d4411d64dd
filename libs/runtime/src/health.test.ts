import { expect, it } from 'vitest'
import { serveHealth } from './health.js'

it('answers live at once, ready only when ready, and nothing else', async () => {
  let state: 'starting' | 'ready' | 'broken' = 'starting'
  const health = await serveHealth({
    port: 0,
    ready: () => {
      if (state === 'broken') throw new Error('no connection')
      return state === 'ready'
    },
  })
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${health.port}${path}`)).status
  expect(await status('/livez')).toBe(200)
  expect(await status('/readyz')).toBe(503)
  state = 'ready'
  expect(await status('/readyz')).toBe(200)
  state = 'broken'
  expect(await status('/readyz')).toBe(503)
  expect(await status('/env')).toBe(404)
  await health.close()
  await expect(fetch(`http://127.0.0.1:${health.port}/livez`)).rejects.toThrow()
})
