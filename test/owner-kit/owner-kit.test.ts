import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDevice } from '@lethe/device'
import { OwnerAuditResult } from '@lethe/domain'
import { parseSigner, parseVerifier, signOwnerAudit, verifyOwnerAudit } from '@lethe/ledger'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digitEncoder, writeOwnerFolders } from '../kit/digit-owner.js'
import { startEmbeddingEndpoint, type EmbeddingEndpoint, type EndpointOptions } from '../kit/embedding-endpoint.js'
import { runKit } from './run-kit.js'

let home: string
let folders: Awaited<ReturnType<typeof writeOwnerFolders>>
let before: EmbeddingEndpoint
const open: EmbeddingEndpoint[] = []

const start = async (options: Partial<EndpointOptions> = {}): Promise<EmbeddingEndpoint> => {
  const endpoint = await startEmbeddingEndpoint({ weights: digitEncoder('retrained'), ...options })
  open.push(endpoint)
  return endpoint
}

beforeAll(async () => {
  await openDevice({ backend: 'auto' })
  home = mkdtempSync(path.join(tmpdir(), 'lethe-owner-'))
  folders = await writeOwnerFolders(path.join(home, 'pictures'))
  before = await start({ weights: digitEncoder('original') })
})
afterAll(async () => {
  await Promise.all(open.map((endpoint) => endpoint.close()))
  rmSync(home, { recursive: true, force: true })
})

/** Few pictures and views: quick, and enough where the verdict is not the point. */
const small = ['--most', '24', '--views', '2', '--resamples', '300', '--seed', '3', '--method', 'retrain']
const whole = ['--most', '200', '--views', '4']
const audit = (name: string, after: EmbeddingEndpoint, ...further: string[]) =>
  runKit(
    home,
    ...['--before', before.url, '--after', after.url, '--images', folders.forget, '--held-out', folders['held-out']],
    ...['--out', path.join(home, name), ...small, ...further],
  )
const resultOf = (name: string) =>
  OwnerAuditResult.parse(JSON.parse(readFileSync(path.join(home, name, 'result.json'), 'utf8')))
const testOf = (name: string, id: string) => resultOf(name).report.tests.find((test) => test.id === id)

describe('an audit by the owner', () => {
  it('finds that an unchanged model still remembers, and says so with exit code 5', async () => {
    const { code, out } = await audit('unchanged', before, ...whole)
    expect([code, out]).toEqual([5, expect.stringContaining('Residual: Traces remain')])
    expect(out).toContain('64 to be forgotten, 160 held out, each fitted whole into 8 × 8')
    expect(testOf('unchanged', 'A0-endpoint-integrity')?.outcome).toBe('met')
    expect(testOf('unchanged', 'A4-residual-membership')?.outcome).toBe('not-met')
  })

  it('finds that a retrained model does not, and asks exactly as much as it said', async () => {
    const after = await start()
    const { code, out } = await audit('retrained', after, '--retain', folders.retain, ...whole, '--margin', '0.2')
    expect(code).not.toBe(5)
    expect(testOf('retrained', 'A4-residual-membership')?.outcome).toBe('met')
    const planned = /Cost {6}([\d,]+) questions/.exec(out)?.[1]?.replace(',', '')
    const asked = resultOf('retrained').report.asked ?? []
    expect(asked.reduce((sum, { pictures }) => sum + pictures, 0)).toBe(Number(planned))
  })

  it('is signed by a key of its own over what it found, and says nothing of whose pictures they are', () => {
    const folder = path.join(home, 'retrained')
    const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')
    const { statement } = verifyOwnerAudit(
      JSON.parse(read('statement.dsse.json')),
      read('result.json'),
      parseVerifier(read('owner.pub').trim()),
    )
    expect(statement.predicate.verdict).toBe(resultOf('retrained').report.verdict)
    const names = [...readdirSync(folders.forget, { recursive: true })]
      .map(String)
      .filter((name) => name.endsWith('.png'))
    for (const name of ['result.json', 'statement.dsse.json', 'plan.json', 'report.en.html', 'report.ja.html'])
      for (const secret of [path.basename(names[0] as string), home]) expect(read(name)).not.toContain(secret)
    for (const name of readdirSync(path.join(folder, 'private')))
      expect(statSync(path.join(folder, 'private', name)).mode & 0o077).toBe(0)
  })

  it('says beforehand what it would cost and could show, and asks about no picture', async () => {
    const after = await start()
    const { code, out } = await audit('planned', after, '--most', '12', '--plan')
    expect([code, after.answered(), existsSync(path.join(home, 'planned'))]).toEqual([0, 0, false])
    expect(out).toMatch(/No pass is possible: .* takes \d+ held-out pictures, and there are 12/)
  })

  it('carries a token to the endpoints and into no file', async () => {
    const [first, after] = [
      await start({ weights: digitEncoder('original'), token: 'a-secret-token' }),
      await start({ token: 'a-secret-token' }),
    ]
    const folder = path.join(home, 'token')
    const args = ['--before', first.url, '--after', after.url, '--images', folders.forget]
    const refused = await runKit(home, ...args, '--held-out', folders['held-out'], '--out', folder, ...small)
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--token')])
    const most = ['--most', '10', '--token', 'a-secret-token']
    const { code } = await runKit(home, ...args, '--held-out', folders['held-out'], '--out', folder, ...small, ...most)
    expect(code).toBe(2)
    for (const name of readdirSync(folder, { recursive: true }).map(String))
      if (statSync(path.join(folder, name)).isFile())
        expect(readFileSync(path.join(folder, name)).includes('a-secret-token')).toBe(false)
  })
})

describe('an audit that is cut off', () => {
  it('goes on where it stopped, asks nothing twice, and ends as if nothing had been', async () => {
    let isDown = true
    const after = await start({ misbehave: (answer, nth) => (isDown && nth >= 6 ? 403 : answer) })
    const first = await audit('cut', after)
    expect([first.code, first.err]).toEqual([6, expect.stringMatching(/refuses: 403.*\nWhat was answered is kept/)])
    expect(existsSync(path.join(home, 'cut', 'result.json'))).toBe(false)
    isDown = false
    const second = await runKit(home, '--resume', '--out', path.join(home, 'cut'))
    expect(second.err).toMatch(/Going on: \d+ requests are answered already/)
    const uncut = await start()
    await audit('uncut', uncut)
    expect(after.answered()).toBe(uncut.answered())
    const { plan: _, ...report } = { ...resultOf('cut').report, plan: null }
    expect(report).toEqual(resultOf('uncut').report)
  })

  it('asks the model before while it is there, and the model after once it is', async () => {
    const first = await start({ weights: digitEncoder('original') })
    const folder = path.join(home, 'two-days')
    const args = ['--images', folders.forget, '--held-out', folders['held-out'], '--out', folder, ...small]
    const collected = await runKit(home, '--before', first.url, ...args)
    expect([collected.code, collected.out]).toEqual([0, expect.stringContaining('--resume')])
    await first.close()
    open.splice(open.indexOf(first), 1)
    const after = await start()
    expect((await runKit(home, '--resume', '--out', folder, '--after', after.url)).code).not.toBe(6)
    expect(resultOf('two-days')).toMatchObject({ plan: { endpoints: { after: null } } })
    expect(resultOf('two-days').report.tests).toEqual(resultOf('uncut').report.tests)
  })

  it('does not mix with another audit in one folder', async () => {
    const other = await start()
    const { code, err } = await audit('uncut', other)
    expect([code, err]).toEqual([1, expect.stringContaining('another --after')])
    for (const [option, value] of [
      ['--images', folders['held-out']],
      ['--margin', '0.2'],
      ['--most', '23'],
      ['--retain', folders.retain],
      ['--method', 'fine-tune'],
    ] as const) {
      const changed = await runKit(home, '--resume', '--out', path.join(home, 'uncut'), option, value)
      expect([changed.code, changed.err]).toEqual([1, expect.stringContaining(`another ${option}`)])
    }
    expect((await runKit(home, '--resume', '--out', path.join(home, 'nothing'))).code).toBe(1)
  })
})

describe('an endpoint that misbehaves', () => {
  it.each([
    [
      'adds noise',
      (answer: (number | null)[][]) => answer.map((row) => row.map((x) => (x ?? 0) + Math.random() / 100)),
    ],
    ['gives what is not finite', (answer: (number | null)[][]) => answer.map((row) => row.map(() => null))],
    ['gives everybody the same', (answer: (number | null)[][]) => answer.map(() => [1, 2, 3])],
    [
      'changes its dimension',
      (answer: (number | null)[][], nth: number) => (nth < 4 ? answer : answer.map((row) => row.slice(1))),
    ],
    ['leaves pictures out', (answer: (number | null)[][]) => answer.slice(1)],
  ])('never passes: one that %s', async (name, misbehave) => {
    const after = await start({ misbehave })
    const { code, out } = await audit(name, after, '--most', '40')
    expect([code, out]).toEqual([2, expect.stringContaining('Inconclusive')])
    expect(testOf(name, 'A0-endpoint-integrity')?.outcome).toBe('not-met')
    expect((await runKit(home, 'verify', path.join(home, name))).code).toBe(2)
  })

  it('is refused when it does not speak the protocol, or not of the same pictures', async () => {
    const dumb = await start({ describe: { imageSize: 'large' } })
    expect((await audit('dumb', dumb)).err).toMatch(/does not speak the embedding protocol: imageSize/)
    const other = await start({ describe: { imageSize: 16 } })
    expect((await audit('other-size', other)).err).toMatch(/8 pixels .* 16/)
  })

  it('ends the audit when other weights answer', async () => {
    const after = await start({ describe: { weightsDigest: 'ab'.repeat(32) } })
    const { code, err } = await audit('switched', after)
    expect([code, err]).toEqual([6, expect.stringContaining('other weights')])
  })
})

it('refuses held-out pictures that are among the owner’s, unless told to leave them out', async () => {
  const after = await start()
  const mixed = path.join(home, 'mixed')
  cpSync(folders['held-out'], mixed, { recursive: true })
  const one = path.join(folders.forget, readdirSync(folders.forget)[0] as string)
  cpSync(one, path.join(mixed, 'more'), { recursive: true })
  const withMixed = ['--held-out', mixed, '--plan', '--most', '200']
  const refused = await audit('mixed-out', after, ...withMixed)
  expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/^--held-out: .*more\/\d+\.png/)])
  const { out } = await audit('mixed-out', after, ...withMixed, '--leave-out-copies')
  expect(out).toContain('160 held out')
})

describe('verification', () => {
  let key: string
  beforeAll(() => (key = readFileSync(path.join(home, 'config', 'owner.pub'), 'utf8').trim()))

  const copyOf = (name: string) => {
    const copy = path.join(home, `copy of ${name}`)
    rmSync(copy, { recursive: true, force: true })
    cpSync(path.join(home, 'unchanged'), copy, { recursive: true })
    return copy
  }
  const edit = (file: string, from: string | RegExp, to: string) => {
    const text = readFileSync(file, 'utf8')
    const changed = text.replace(from, to)
    expect(changed === text).toBe(false)
    writeFileSync(file, changed)
  }
  const flip = (file: string) => {
    const bytes = readFileSync(file)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2)
    writeFileSync(file, bytes)
  }

  it('holds for what was not touched, with the exit code of the verdict, in both languages', async () => {
    const { code, out } = await runKit(home, 'verify', copyOf('whole'), '--key', key)
    expect([code, out]).toEqual([5, expect.stringContaining('Everything holds.')])
    expect(out.match(/✓/g)).toHaveLength(8)
    expect((await runKit(home, 'verify', copyOf('whole'), '--key', key, '--lang', 'ja')).out).toContain(
      'すべて成立しました',
    )
  })

  it.each([
    ['the result', 'Signature', (dir: string) => edit(path.join(dir, 'result.json'), '"RESIDUAL"', '"PASS"')],
    ['the matrices', 'Matrices', (dir: string) => flip(path.join(dir, 'matrices.safetensors'))],
    ['the scores', 'Scores', (dir: string) => flip(path.join(dir, 'audit-data.safetensors'))],
    ['the report', 'Report', (dir: string) => edit(path.join(dir, 'report.en.html'), 'Residual', 'Passed')],
    [
      'an answer',
      'Answers',
      (dir: string) => {
        const answers = path.join(dir, 'private/answers')
        flip(path.join(answers, readdirSync(answers)[0] as string))
      },
    ],
    ['a picture', 'Answers', (dir: string) => flip(path.join(dir, 'private/pictures.safetensors'))],
    [
      'which pictures',
      'Pictures',
      (dir: string) => edit(path.join(dir, 'private/session.json'), /"contentId":"../, '"contentId":"ff'),
    ],
    ['the plan', 'Plan', (dir: string) => edit(path.join(dir, 'plan.json'), '"imageSize":8', '"imageSize":8,"x":1')],
  ])('breaks when somebody changed %s', async (name, line, change) => {
    const dir = copyOf(name)
    change(dir)
    const { code, out } = await runKit(home, 'verify', dir, '--key', key)
    expect([code, out]).toEqual([4, expect.stringMatching(new RegExp(`✗ ${line}.*BROKEN`))])
  })

  it('breaks under the key of somebody else', async () => {
    await runKit(path.join(home, 'elsewhere'), 'verify', copyOf('key'))
    const stranger = mkdtempSync(path.join(tmpdir(), 'lethe-stranger-'))
    const after = await start()
    await runKit(
      stranger,
      ...['--before', before.url, '--after', after.url, '--images', folders.forget, '--held-out', folders['held-out']],
      ...['--out', path.join(stranger, 'out'), ...small, '--most', '8', '--views', '2'],
    )
    const theirs = readFileSync(path.join(stranger, 'config', 'owner.pub'), 'utf8').trim()
    expect((await runKit(home, 'verify', copyOf('key'), '--key', theirs)).code).toBe(4)
    rmSync(stranger, { recursive: true, force: true })
  })

  it('finds a verdict that the scores do not give, whoever signed it', async () => {
    const dir = copyOf('lie')
    edit(path.join(dir, 'result.json'), '"RESIDUAL"', '"PASS"')
    const signer = parseSigner(readFileSync(path.join(home, 'config', 'owner.key'), 'utf8').trim())
    const envelope = signOwnerAudit(readFileSync(path.join(dir, 'result.json'), 'utf8'), signer)
    writeFileSync(path.join(dir, 'statement.dsse.json'), JSON.stringify(envelope))
    const { code, out } = await runKit(home, 'verify', dir, '--key', key)
    expect(out).toMatch(/✓ Signature.*holds[^]*✓ Scores.*holds/)
    expect([code, out]).toEqual([4, expect.stringMatching(/✗ Statistics.*BROKEN\. The scores give another verdict/)])
  })

  it('is called incomplete without what only the owner has, and still computes the verdict anew', async () => {
    const dir = copyOf('public')
    rmSync(path.join(dir, 'private'), { recursive: true })
    const { code, out } = await runKit(home, 'verify', dir, '--key', key)
    expect([code, out]).toEqual([6, expect.stringContaining('no full verification')])
    expect(out).toMatch(/✓ Statistics and verdict.*holds[^]*– Answers/)
  })
})
