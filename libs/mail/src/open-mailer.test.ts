import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { openMailer } from './open-mailer.js'

const from = 'Lethe <no-reply@lethe.test>'
const mail = {
  to: 'ada@example.org',
  subject: 'パスワードの再設定',
  text: 'Guten Tag,\n\nhier ist der Link: https://x/?a=1&b=2\n',
}
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

const subjectOf = (source: string): string =>
  source
    .match(/^Subject: (.*(?:\r\n .*)*)/m)?.[1]
    ?.replaceAll(/\r\n /g, '')
    .replaceAll(/=\?UTF-8\?B\?([^?]*)\?=/gi, (_, text: string) => Buffer.from(text, 'base64').toString()) ?? ''

describe('a folder', () => {
  it('gets one whole .eml file a mail that only its owner may read', async () => {
    const folder = path.join(mkdtempSync(path.join(tmpdir(), 'lethe-mail-')), 'outbox')
    undo.push(() => rmSync(path.dirname(folder), { recursive: true }))
    const mailer = openMailer({ url: pathToFileURL(folder).href, from })
    await Promise.all([mailer.send(mail), mailer.send({ ...mail, to: 'bob@example.org' })])
    const names = readdirSync(folder)
    expect(names).toHaveLength(2)
    expect(names.every((name) => name.endsWith('.eml') && !name.startsWith('.'))).toBe(true)
    const file = path.join(folder, names[0] ?? '')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const source = readFileSync(file, 'utf8')
    expect(source).toContain('From: Lethe <no-reply@lethe.test>\r\n')
    expect(subjectOf(source)).toBe(mail.subject)
    expect(source).toContain('https://x/?a=1&b=2')
  })

  it('that cannot be written is a refusal that says so', async () => {
    const mailer = openMailer({ url: 'file:///dev/null/outbox', from })
    await expect(mailer.send(mail)).rejects.toMatchObject({ code: 'MAIL_UNREACHABLE' })
  })
})

interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly user: string | undefined
  readonly secure: boolean
  readonly source: string
}

async function startSmtp(options: SMTPServerOptions = {}): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = []
  const server = new SMTPServer({
    authOptional: true,
    onAuth: ({ username, password }, _session, done) =>
      password === 'p@ss word' ? done(null, { user: username }) : done(new Error('wrong password')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('nobody@')
        ? done(Object.assign(new Error(`no such user ${address}`), { responseCode: 550 }))
        : done(),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: session.user,
          secure: session.secure,
          source: Buffer.concat(chunks).toString(),
        })
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  undo.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { port: (server.server.address() as { port: number }).port, received }
}

const open = (url: string) => {
  const mailer = openMailer({ url, from })
  undo.unshift(() => mailer.close())
  return mailer
}

describe('a mail server', () => {
  it('gets the mail with the login of the address, whatever characters the password has', async () => {
    const { port, received } = await startSmtp({ allowInsecureAuth: true, hideSTARTTLS: true })
    const mailer = open(`smtp://lethe:${encodeURIComponent('p@ss word')}@127.0.0.1:${port}`)
    await mailer.send(mail)
    expect(received).toMatchObject([{ from: 'no-reply@lethe.test', to: [mail.to], user: 'lethe' }])
    expect(subjectOf(received[0]?.source ?? '')).toBe(mail.subject)
    expect(mailer.destination).toBe(`smtp://127.0.0.1:${port}`)
  })

  it('without TLS gets neither password nor mail where TLS is required', async () => {
    const { port, received } = await startSmtp({ allowInsecureAuth: true, hideSTARTTLS: true })
    const sent = open(`smtp://lethe:p%40ss%20word@127.0.0.1:${port}?tls=required`).send(mail)
    await expect(sent).rejects.toMatchObject({ code: 'MAIL_UNREACHABLE' })
    expect(received).toEqual([])
  })

  it('that refuses for good, refuses the login or is not there is told apart, and the address is not repeated', async () => {
    const { port } = await startSmtp({ allowInsecureAuth: true, hideSTARTTLS: true })
    const refused = open(`smtp://127.0.0.1:${port}`).send({ ...mail, to: 'nobody@example.org' })
    await expect(refused).rejects.toMatchObject({ code: 'MAIL_REFUSED', field: 'to' })
    await expect(refused).rejects.not.toThrow('nobody@')
    const locked = open(`smtp://lethe:wrong@127.0.0.1:${port}`).send(mail)
    await expect(locked).rejects.toMatchObject({ code: 'MAIL_UNREACHABLE' })
    await expect(open('smtp://127.0.0.1:9').send(mail)).rejects.toMatchObject({ code: 'MAIL_UNREACHABLE' })
  })

  it('gets one recipient and one subject: headers and recipients cannot be smuggled in', async () => {
    const { port, received } = await startSmtp({ hideSTARTTLS: true })
    const mailer = open(`smtp://127.0.0.1:${port}`)
    for (const to of ['a@x.org,b@x.org', 'a@x.org\r\nBcc: b@x.org', 'Ada <a@x.org>', 'nobody'])
      await expect(mailer.send({ ...mail, to })).rejects.toMatchObject({ code: 'MAIL_INVALID', field: 'to' })
    const subject = 'Hello\r\nBcc: b@x.org'
    await expect(mailer.send({ ...mail, subject })).rejects.toMatchObject({ code: 'MAIL_INVALID', field: 'subject' })
    expect(received).toEqual([])
  })
})

it.each(['', 'outbox', 'http://x', 'file://host/folder', 'smtp://h?tls=maybe'])(
  'an address like "%s" is refused',
  (url) => {
    expect(() => openMailer({ url, from })).toThrow(expect.objectContaining({ code: 'MAIL_URL_INVALID' }))
  },
)
