import { expect, it } from 'vitest'
import { readEvents } from './read-events.js'

async function* bytewise(text: string) {
  for (const byte of new TextEncoder().encode(text)) yield await Promise.resolve(Uint8Array.of(byte))
}

it('reads events whole however the bytes arrive, and passes over comments', async () => {
  const text =
    ':\n\nevent: next\ndata: {"a":"é"}\n\n: ping\n\nevent: next\ndata: one\ndata: two\n\nevent: complete\ndata:\n\n'
  const events: unknown[] = []
  for await (const event of readEvents(bytewise(text))) events.push(event)
  expect(events).toEqual([
    { event: 'next', data: '{"a":"é"}' },
    { event: 'next', data: 'one\ntwo' },
    { event: 'complete', data: '' },
  ])
})
