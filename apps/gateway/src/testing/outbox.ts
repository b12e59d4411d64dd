import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface ReceivedMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Secret of the link in it. */
  readonly token: string | undefined
}

/** The mails of an outbox folder in the order in which they were sent. */
export const readOutbox = (folder: string): ReceivedMail[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => !name.startsWith('.'))
        .sort()
        .map((name) => parseMail(readFileSync(join(folder, name), 'utf8')))
    : []

/** A mail as it was handed over (RFC 5322). */
export function parseMail(source: string): ReceivedMail {
  const end = source.indexOf('\r\n\r\n')
  const head = source.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ')
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1] ?? ''
  const body = source.slice(end + 4)
  const encoding = header('Content-Transfer-Encoding').toLowerCase()
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : encoding === 'quoted-printable'
        ? unquote(body)
        : body
  const words = header('Subject').replaceAll(/\?= =\?/g, '?==?')
  return {
    to: header('To'),
    subject: words.replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString() : unquote(word.replaceAll('_', ' ')),
    ),
    text,
    token: /#token=([\w-]+)/.exec(text)?.[1],
  }
}

/** Quoted-printable (RFC 2045). */
const unquote = (text: string): string =>
  Buffer.from(
    text
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString()
