import { expect, it } from 'vitest'
import { chooseLocale } from './locale'

it.each([
  [undefined, null, 'en'],
  [undefined, 'ja', 'ja'],
  [undefined, 'fr-FR, ja-JP;q=0.8, en;q=0.5', 'ja'],
  [undefined, 'en;q=0.4,ja;q=0.9', 'ja'],
  [undefined, 'ja;q=0, en', 'en'],
  [undefined, 'de', 'en'],
  ['ja', 'en', 'ja'],
  ['xx', 'ja', 'ja'],
  ['en', 'ja', 'en'],
])('cookie %s and Accept-Language %s give %s', (cookie, header, expected) => {
  expect(chooseLocale(cookie, header)).toBe(expected)
})
