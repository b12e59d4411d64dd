import { readFileSync } from 'node:fs'

interface Messages {
  readonly told: { readonly happened: Record<string, string>; readonly why: Record<string, string> }
  readonly refusal: Record<string, string>
}

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../portal/messages/${file}.json`, import.meta.url), 'utf8'))

/** What the portal says in codes' place. In English the gateway's own words are shown. */
export const portalMessages = (locale: 'en' | 'ja'): Messages => ({
  ...(read(locale) as Omit<Messages, 'refusal'>),
  refusal: locale === 'ja' ? (read('refusals.ja') as Record<string, string>) : {},
})

/** Every code of docs/errors.md. */
export const errorCodesOf = (): ReadonlySet<string> =>
  new Set(
    [
      ...readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8').matchAll(/^\| `([A-Z_0-9]+)`/gm),
    ].map(([, code]) => code ?? ''),
  )
