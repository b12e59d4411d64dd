import { createTranslator } from 'next-intl'
import { expect, it } from 'vitest'
import en from '../../messages/en.json'
import ja from '../../messages/ja.json'

type Tree = { [key: string]: string | Tree }

/** Every message by its full path. */
const flatten = (tree: Tree, path = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]) => {
    const here = path === '' ? key : `${path}.${key}`
    return typeof value === 'string' ? [[here, value] as [string, string]] : flatten(value, here)
  })

const messages = { en: new Map(flatten(en)), ja: new Map(flatten(ja)) }

it('has the same keys in English and Japanese', () => {
  expect([...messages.ja.keys()]).toEqual([...messages.en.keys()])
})

/** Names of the values that a message wants. */
const argumentsOf = (message: string): string[] =>
  [...new Set([...message.matchAll(/\{\s*([A-Za-z]\w*)\s*[,}]/g)].map(([, name]) => name ?? ''))].sort()

it('wants in Japanese no value that English does not, so that no screen forgets one', () => {
  for (const [key, message] of messages.ja) {
    const known = argumentsOf(messages.en.get(key) ?? '')
    // Japanese needs no plural and may leave a value out, never bring one in; a shared name is checked by use.
    expect(
      argumentsOf(message).filter((name) => !known.includes(name)),
      key,
    ).toEqual([])
  }
})

it.each(['en', 'ja'] as const)('every message in %s can be formatted', (locale) => {
  const problems: string[] = []
  const t = createTranslator({
    locale,
    messages: { en, ja }[locale],
    timeZone: 'UTC',
    onError: (error) => problems.push(error.message),
  })
  for (const [key, message] of messages[locale]) {
    t(key as never, Object.fromEntries(argumentsOf(message).map((name) => [name, 2])) as never)
  }
  expect(problems).toEqual([])
})

it('leaves nothing in Japanese untranslated but names and symbols', () => {
  const same = [...messages.ja].filter(([key, message]) => message === messages.en.get(key)).map(([key]) => key)
  const names = ['method.neg-grad', 'framework.simclr', 'framework.moco', 'framework.clip']
  expect(same).toEqual([
    'nav.reference',
    ...names,
    'audit.fromTo',
    'audit.testColumn.p',
    'audit.test.A6-u-lira.name',
    'reference.title',
    // Each language in its own words.
    'identity.challenge.languages.en',
    'identity.challenge.languages.ja',
  ])
})
