import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { type Receiver, startReceiver } from '../testing/receiver.js'
import { retryAt, retryPausesMs } from './retry-schedule.js'
import { sendWebhook, signedHeaders } from './send-webhook.js'

const [secret, other] = ['a', 'b'].map((letter) => `whsec_${Buffer.from(letter.repeat(32)).toString('base64')}`) as [
  string,
  string,
]
const message = { id: 'message-1', url: '', body: '{"type":"webhook.ping"}', secrets: [secret] }
const now = new Date()

let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver()
})
afterAll(() => receiver.close())

const send = (url: string, options: Partial<Parameters<typeof sendWebhook>[2]> = {}) =>
  sendWebhook({ ...message, url }, now, { targets: 'any', timeoutMs: 500, ...options })

describe('a message', () => {
  it('is accepted by the library of Standard Webhooks, byte for byte as it was sent', async () => {
    receiver.received.length = 0
    expect(await send(receiver.url)).toEqual({ status: 204, error: null, retryAfterSeconds: null })
    const [got] = receiver.received
    expect(got?.headers['webhook-id']).toBe('message-1')
    expect(new Webhook(secret).verify(got?.body ?? '', got?.headers as never)).toEqual({ type: 'webhook.ping' })
  })

  it.each([
    ['another key', () => new Webhook(other).verify(message.body, signedHeaders(message, now))],
    ['an altered body', () => new Webhook(secret).verify(`${message.body} `, signedHeaders(message, now))],
    [
      'another id',
      () => new Webhook(secret).verify(message.body, { ...signedHeaders(message, now), 'webhook-id': 'message-2' }),
    ],
    [
      'an old timestamp',
      () => new Webhook(secret).verify(message.body, signedHeaders(message, new Date(now.getTime() - 6 * 60_000))),
    ],
  ])('negative control: the library refuses it with %s', (_, verify) => {
    expect(verify).toThrow(/No matching signature|timestamp too old/)
  })

  it('is signed by both keys while one replaces the other', () => {
    const headers = signedHeaders({ ...message, secrets: [other, secret] }, now)
    for (const key of [secret, other])
      expect(new Webhook(key).verify(message.body, headers)).toEqual({ type: 'webhook.ping' })
  })
})

describe('an answer', () => {
  it.each([
    [200, { status: 200, error: null, retryAfterSeconds: null }],
    [500, { status: 500, error: 'STATUS_NOT_OK', retryAfterSeconds: null }],
    [
      { status: 429, headers: { 'retry-after': '120' } },
      { status: 429, error: 'STATUS_NOT_OK', retryAfterSeconds: 120 },
    ],
  ])('of %j is kept by its status', async (answer, outcome) => {
    receiver.answer = answer
    expect(await send(receiver.url)).toEqual(outcome)
  })

  it('that leads elsewhere is not followed', async () => {
    const elsewhere = await startReceiver()
    receiver.answer = { status: 307, headers: { location: elsewhere.url } }
    expect(await send(receiver.url)).toMatchObject({ status: 307, error: 'REDIRECTED' })
    expect(elsewhere.received).toEqual([])
    await elsewhere.close()
  })

  it('that does not come is not waited for', async () => {
    receiver.answer = 'silence'
    expect(await send(receiver.url, { timeoutMs: 100 })).toMatchObject({ status: null, error: 'TIMEOUT' })
    receiver.answer = 204
  })

  it('of nobody is told apart from a name that is nobody’s', async () => {
    const closed = await startReceiver()
    await closed.close()
    expect(await send(closed.url)).toMatchObject({ error: 'CONNECTION_FAILED' })
    expect(await send('http://no-such-name.invalid/', { timeoutMs: 5000 })).toMatchObject({ error: 'NAME_NOT_FOUND' })
  })
})

describe('where only public addresses are allowed', () => {
  const port = () => new URL(receiver.url).port
  const publicly = (url: string, addresses: { address: string; family: number }[]) =>
    send(url, { targets: 'public', resolve: () => Promise.resolve(addresses) })

  it.each(['127.0.0.1', '[::1]', '10.0.0.1', '169.254.169.254', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])(
    'nothing is sent to %s',
    async (host) => {
      receiver.received.length = 0
      expect(await send(`https://${host}:${port()}/`, { targets: 'public' })).toMatchObject({
        error: 'ADDRESS_NOT_PUBLIC',
      })
      expect(receiver.received).toEqual([])
    },
  )

  it('a name that leads inside is refused when it is connected to, also beside a public address', async () => {
    const inside = { address: '127.0.0.1', family: 4 }
    for (const addresses of [[inside], [{ address: '8.8.8.8', family: 4 }, inside], []])
      expect(await publicly(`https://rebound.example:${port()}/`, addresses)).toMatchObject({
        error: 'ADDRESS_NOT_PUBLIC',
      })
    expect(await send(`https://localhost:${port()}/`, { targets: 'public' })).toMatchObject({
      error: 'ADDRESS_NOT_PUBLIC',
    })
  })

  it('negative control: where any address is allowed, the same place is reached', async () => {
    expect(await send(receiver.url)).toMatchObject({ status: 204 })
  })

  it('plain http is refused', async () => {
    expect(await send('http://example.com/', { targets: 'public' })).toMatchObject({ error: 'CONNECTION_FAILED' })
  })
})

describe('the pauses between attempts', () => {
  it('grow to about a day in all, however chance falls, and then end', () => {
    const sum = retryPausesMs.reduce((total, pause) => total + pause, 0)
    expect(sum * 0.8).toBeGreaterThan(17 * 3_600_000)
    expect(sum * 1.2).toBeLessThan(28 * 3_600_000)
    expect(retryAt(now, { attempt: retryPausesMs.length + 1, random: 0, retryAfterSeconds: null })).toBeNull()
  })

  it('are as long as the receiver asks, within half a day', () => {
    const after = (retryAfterSeconds: number) =>
      (retryAt(now, { attempt: 1, random: 0.5, retryAfterSeconds })?.getTime() ?? 0) - now.getTime()
    expect([after(1), after(600), after(10 ** 9)]).toEqual([5000, 600_000, 12 * 3_600_000])
  })
})
