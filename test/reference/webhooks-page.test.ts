import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { DeliveryKind } from '@lethe/domain'
import { checkoutDir } from '@lethe/stack'
import { Webhook } from 'standardwebhooks'
import { afterAll, describe, expect, it } from 'vitest'

const page = readFileSync(path.join(checkoutDir, 'docs/webhooks.md'), 'utf8')
const exampleIn = (language: string): string => {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1]
  if (found === undefined) throw new Error(`The page has no example in ${language}.`)
  return found
}
// Below node_modules, so that the example finds the library.
const folder = mkdtempSync(path.join(checkoutDir, 'node_modules/.cache-webhooks-'))
const outside = mkdtempSync(path.join(tmpdir(), 'lethe-webhooks-page-'))
afterAll(() => {
  for (const each of [folder, outside]) rmSync(each, { recursive: true })
})

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const older = `whsec_${Buffer.alloc(32, 8).toString('base64')}`

interface Message {
  readonly secret: string
  readonly body: string
  readonly headers: Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
}

/** Signed by both keys, as while one replaces the other. */
function message(at = new Date()): Message {
  const body = '{"type":"webhook.ping","note":"Ümläut"}'
  const signature = [older, secret].map((key) => new Webhook(key).sign('message-1', at, body)).join(' ')
  const timestamp = String(Math.floor(at.getTime() / 1000))
  return {
    secret,
    body,
    headers: { 'webhook-id': 'message-1', 'webhook-timestamp': timestamp, 'webhook-signature': signature },
  }
}

const run = promisify(execFile)
const accepts = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

const verifiers: Record<string, (message: Message) => Promise<boolean>> = {
  js: async ({ secret: key, headers, body }) => {
    const file = path.join(folder, 'verify.mjs')
    writeFileSync(file, exampleIn('js'))
    const { verify } = (await import(pathToFileURL(file).href)) as { verify: (...values: unknown[]) => unknown }
    return accepts(Promise.resolve().then(() => verify(key, headers, body)))
  },
  python: ({ secret: key, headers, body }) => {
    const file = path.join(outside, 'verify.py')
    writeFileSync(
      file,
      `import json, sys\n${exampleIn('python')}\ngiven = json.loads(sys.argv[1])\nverify(given["secret"], given["headers"], given["body"].encode())\n`,
    )
    return accepts(run('python3', [file, JSON.stringify({ secret: key, headers, body })]))
  },
  sh: async ({ secret: key, headers, body }) => {
    const child = spawn('sh', ['-c', exampleIn('sh')], {
      env: {
        ...process.env,
        SECRET: key,
        ID: headers['webhook-id'],
        TIMESTAMP: headers['webhook-timestamp'],
        SIGNATURE: headers['webhook-signature'],
      },
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.stdin.end(body)
    return ((await once(child, 'close')) as [number])[0] === 0
  },
}

describe.each(Object.keys(verifiers))('the example in %s', (language) => {
  const verify = (given: Message) => verifiers[language]?.(given)

  it('accepts what is signed, also while two keys sign', async () => {
    expect(await verify(message())).toBe(true)
    expect(await verify({ ...message(), secret: older })).toBe(true)
  })

  it.each([
    ['another key', { ...message(), secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}` }],
    ['an altered body', { ...message(), body: `${message().body} ` }],
    ['another id', { ...message(), headers: { ...message().headers, 'webhook-id': 'message-2' } }],
    ['an old timestamp', message(new Date(Date.now() - 400_000))],
  ])('negative control: refuses %s', async (_, given) => expect(await verify(given)).toBe(false))
})

it('names every type that there is', () => {
  for (const type of DeliveryKind.options) expect(page).toContain(`\`${type}\``)
})
