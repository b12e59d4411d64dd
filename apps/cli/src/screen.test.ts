import { inspectMachine, readStackEnv, type Platform } from '@lethe/stack'
import { expect, it } from 'vitest'
import { describeFindings } from './commands/doctor.js'
import { finalScreen, firstAdmin } from './screen.js'

const platformWith = (names: readonly string[]) =>
  ({
    urls: { portal: 'http://127.0.0.1:1', gateway: 'http://127.0.0.1:2', embedding: 'http://127.0.0.1:3' },
    facts: {
      tensorflow: { summary: 'TensorFlow 2.21.0 for CPU' },
      mail: { url: 'smtps://lethe:mail-secret@mail.example.org:465' },
      bootstrapAdmin: { email: 'admin@lethe.local', password: 'a drawn password' },
    },
    services: names.map((name) => ({ name })),
    stateDir: '/state',
  }) as unknown as Platform

it('shows where everything is, who may sign in and how to stop', () => {
  const signIn = { role: 'auditor', email: 'auditor@example.org', password: 'a pass phrase' }
  const screen = finalScreen(platformWith(['gateway', 'portal']), [signIn])
  for (const part of ['http://127.0.0.1:1', 'auditor@example.org', 'a pass phrase', '/state', 'Ctrl-C'])
    expect(screen).toContain(part)
  expect(screen).toContain('smtps://mail.example.org:465')
  expect(screen).not.toContain('mail-secret')
})

it('tells who can sign in where no demonstration makes people', () => {
  const platform = platformWith(['gateway', 'portal'])
  const onTerminal = finalScreen(platform, [firstAdmin(platform, true)])
  expect(onTerminal).toMatch(/platform_admin +admin@lethe\.local +a drawn password/)
  const inLog = finalScreen(platform, [firstAdmin(platform, false)])
  expect(inLog).toContain('admin@lethe.local')
  expect(inLog).toContain('/state/secrets/secrets.json')
  expect(inLog).not.toContain('a drawn password')
})

it('names no address at which nothing answers', () => {
  const screen = finalScreen(platformWith(['registrar']), [])
  expect(screen).not.toContain('http://')
  expect(screen).not.toContain('Sign in')
})

it('says what to do about everything that is missing', async () => {
  const findings = await inspectMachine(
    {
      ...readStackEnv(),
      databaseUrl: 'postgresql://owner:secret@127.0.0.1:1/lethe',
      natsUrl: undefined,
      natsServerBin: '/nowhere/nats-server',
      cacheDir: '/nowhere',
    },
    '/',
  )
  const printed = describeFindings(findings)
  expect(findings.find(({ subject }) => subject === 'nats-server')).toMatchObject({ status: 'missing' })
  expect(findings.find(({ subject }) => subject === 'PostgreSQL')).toMatchObject({
    status: 'missing',
    fix: expect.stringContaining('start it, or correct host and port'),
  })
  expect(printed).not.toContain('secret')
  for (const { status, fix } of findings) if (status !== 'ok') expect(printed).toContain(fix)
})
