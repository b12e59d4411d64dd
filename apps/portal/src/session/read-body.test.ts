import { expect, it } from 'vitest'
import { readBody, readJson } from './read-body'

const piece = new Uint8Array(2 ** 20)

/** A body without an end, and how much of it was asked for. */
function endless(): { request: Request; asked: { bytes: number; isCancelled: boolean } } {
  const asked = { bytes: 0, isCancelled: false }
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      asked.bytes += piece.byteLength
      controller.enqueue(piece)
    },
    cancel: () => void (asked.isCancelled = true),
  })
  return { request: new Request('http://x', { method: 'POST', body, duplex: 'half' } as RequestInit), asked }
}

const post = (body: BodyInit) => new Request('http://x', { method: 'POST', body })

it('gives a body whole, and none as empty', async () => {
  expect(await readBody(post(new Uint8Array([1, 2, 3])))).toEqual(Buffer.from([1, 2, 3]))
  expect(await readBody(new Request('http://x'))).toHaveLength(0)
  expect(await readBody(post(new Uint8Array(8 * 2 ** 20)))).toHaveLength(8 * 2 ** 20)
})

it('stops reading where there is more than is taken', async () => {
  const { request, asked } = endless()
  expect(await readBody(request)).toBeNull()
  expect(asked.isCancelled).toBe(true)
  expect(asked.bytes).toBeLessThan(12 * 2 ** 20)
})

it('reads JSON of a form, and nothing else', async () => {
  expect(await readJson(post('{"email":"a"}'))).toEqual({ email: 'a' })
  expect(await readJson(post('{'))).toBeNull()
  expect(await readJson(post(''))).toBeNull()
  expect(await readJson(post(JSON.stringify('x'.repeat(16 * 1024))))).toBeNull()
})
