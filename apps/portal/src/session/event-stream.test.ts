import { expect, it } from 'vitest'
import { createEventParser } from './event-stream'

it('gives the same events however the bytes are cut', () => {
  const text =
    ':\n\nid: x7\r\nevent: next\r\ndata: {"a":1}\r\n\r\nevent: next\ndata: {"a":\ndata: 2}\n\nevent: complete\ndata:\n\n'
  const whole = createEventParser()(text)
  expect(whole).toEqual([
    { event: 'next', data: '{"a":1}', id: 'x7' },
    { event: 'next', data: '{"a":\n2}' },
    { event: 'complete', data: '' },
  ])
  const parse = createEventParser()
  expect([...text].flatMap((character) => parse(character))).toEqual(whole)
})

it('holds back an event that is not complete', () => {
  const parse = createEventParser()
  expect(parse('event: next\ndata: 1\n')).toEqual([])
  expect(parse('\n')).toEqual([{ event: 'next', data: '1' }])
})
