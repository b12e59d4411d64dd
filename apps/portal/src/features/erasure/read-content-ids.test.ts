import { expect, it } from 'vitest'
import { readContentIds } from './read-content-ids'

const a = 'a'.repeat(64)
const b = 'b'.repeat(64)

it.each([
  [`${a}\n${b}\n`, [a, b]],
  [`content_id,label\r\n"${a}",cat\r\n${b};dog`, [a, b]],
  [`  ${a.toUpperCase()}  \n\n${a}`, [a]],
])('reads %j', (text, contentIds) => {
  expect(readContentIds(text)).toEqual({ ok: true, contentIds })
})

it.each([
  ['', 'none'],
  ['content_id\n', 'none'],
  [`${a}\nnot-a-digest`, 'malformed'],
  [a.slice(1), 'malformed'],
  [Array.from({ length: 10_001 }, (_, index) => index.toString(16).padStart(64, '0')).join('\n'), 'too-many'],
])('refuses what names no pictures', (text, problem) => {
  expect(readContentIds(text)).toMatchObject({ ok: false, problem })
})
