import { execFileSync, spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { checkoutDir } from '@lethe/stack'
import { main } from '@lethe/verify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallAudit } from '../kit/bundle/small-audit.js'
import { smallBundle } from '../kit/bundle/small-bundle.js'
import { opening } from '../kit/bundle/small-case-things.js'
import { buildLethe, type LetheCommand } from '../kit/lethe-command.js'

let home: string
const file = (name: string) => path.join(home, name)
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-verify-'))
  const good = smallBundle([await smallAudit('original'), await smallAudit('retrained')])
  writeFileSync(file('good.tar'), good.bytes)
  writeFileSync(file('trust.txt'), good.trust)
  writeFileSync(file('open.tar'), smallBundle([await smallAudit('original')]).bytes)
  const changed = Buffer.from(good.bytes)
  changed[changed.indexOf('EVIDENCE OF')] = 0x65
  writeFileSync(file('changed.tar'), changed)
  const { salt, subjectKey, forgetSet } = opening
  const text = { salt: salt.toString('hex'), subjectKey, contentIds: forgetSet.contentIds }
  writeFileSync(file('opening.json'), JSON.stringify(text))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

async function run(argv: readonly string[], columns = 80) {
  const told = { out: '', err: '' }
  const code = await main(argv, {
    out: (text) => void (told.out += text),
    err: (text) => void (told.err += text),
    columns,
    clock: () => new Date('2026-04-01'),
    pageFile: file('page.html'),
  })
  return { code, ...told }
}
const trusting = (...argv: string[]) => run([...argv, '--trust', file('trust.txt')])

describe('the command', () => {
  it('says what holds, what that shows and what it does not, inside the width of the terminal', async () => {
    for (const columns of [40, 72, 300]) {
      const { code, out } = await run([file('good.tar'), '--trust', file('trust.txt')], columns)
      expect(code).toBe(0)
      for (const words of ['✓ Statistics and verdict', 'What this does not prove', 'Verified.'])
        expect(out).toContain(words)
      // A name or path that is longer than the line stands alone in it.
      const tooLong = out
        .split('\n')
        .filter((line) => line.length > Math.min(columns, 110) && line.trim().includes(' '))
      expect(tooLong.filter((line) => !line.includes('lethe.test'))).toEqual([])
    }
  })

  it('names the file that was changed, with exit code 4, and in Japanese too', async () => {
    const { code, out } = await trusting(file('changed.tar'))
    expect([code, out]).toEqual([4, expect.stringContaining('VERIFY.txt: was changed')])
    expect((await trusting(file('changed.tar'), '--lang', 'ja')).out).toContain('VERIFY.txt: 変更されています')
  })

  it('gives the whole report as JSON', async () => {
    const { code, out } = await trusting(file('open.tar'), '--json')
    const report = JSON.parse(out) as { exitCode: number; checks: { id: string; outcome: string; sentence: string }[] }
    expect([code, report.exitCode]).toEqual([6, 6])
    expect(report.checks.find(({ id }) => id === 'request-entries')).toMatchObject({ outcome: 'incomplete' })
    expect(report.checks.find(({ id }) => id === 'verdict')).toMatchObject({ outcome: 'residual' })
  })

  it('opens commitments for whoever has the opening', async () => {
    expect((await trusting(file('good.tar'), '--opening', file('opening.json'))).out).toContain('✓ Your opening')
  })

  it('takes entries alone: an answer of the API, or an export', async () => {
    writeFileSync(file('answer.json'), '{"data":{"evidence":{"edges":[]}}}')
    expect(await trusting(file('answer.json'))).toMatchObject({
      code: 6,
      out: expect.stringContaining('✗ Saved answer'),
    })
    writeFileSync(file('evidence.jsonl'), '{"format":"lethe-evidence-export/v2"}\n')
    expect(await trusting(file('evidence.jsonl'))).toMatchObject({
      code: 4,
      out: expect.stringContaining('FORMAT_UNKNOWN'),
    })
  })

  it('takes another present', async () => {
    expect((await trusting(file('good.tar'), '--at', '2026-02-01')).code).toBe(4)
    expect((await trusting(file('good.tar'), '--at', '2026-04-01T12:00Z')).code).toBe(0)
  })

  it.each([
    [[], 'BUNDLE: '],
    [['good.tar'], '--trust: '],
    [['good.tar', '--trust', 'none'], '--trust: '],
    [['none', '--trust', 'trust.txt'], 'BUNDLE: '],
    [['good.tar', 'open.tar', '--trust', 'trust.txt'], 'BUNDLE: '],
    [['good.tar', '--trust', 'good.tar'], 'trust'],
    [['good.tar', '--trust', 'trust.txt', '--at', 'tomorrow'], '--at: '],
    [['good.tar', '--trust', 'trust.txt', '--at', '2026-13-01'], '--at: '],
    [['good.tar', '--trust', 'trust.txt', '--opening', 'trust.txt'], 'opening'],
    [['good.tar', '--trust', 'trust.txt', '--lang', 'fr'], '--lang: '],
    [['--unknown'], 'Unknown option'],
    [['--page', 'here.html'], '--page: '],
  ])('refuses %j with one sentence that names what is wrong', async (argv, begins) => {
    const { code, out, err } = await run(argv.map((word) => (/\.(tar|txt)$/.test(word) ? file(word) : word)))
    expect([code, out]).toEqual([1, ''])
    expect(err.startsWith(begins)).toBe(true)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
    expect(err).not.toContain('    at ')
  })

  it('takes hostile bytes for what they are', async () => {
    writeFileSync(file('bomb.tgz'), Buffer.from('1f8b0800000000000003', 'hex'))
    const { code, out } = await trusting(file('bomb.tgz'))
    expect([code, out]).toEqual([4, expect.stringContaining('ARCHIVE_COMPRESSED')])
  })
})

it('is a command of lethe', async () => {
  const lethe: LetheCommand = await buildLethe()
  try {
    const { code, stdout } = await lethe.run([
      'verify',
      file('good.tar'),
      '--trust',
      file('trust.txt'),
      '--at',
      '2026-04-01',
    ])
    expect([code, stdout]).toEqual([0, expect.stringContaining('Verified.')])
  } finally {
    lethe.remove()
  }
})

describe('packed', () => {
  let tarball: string
  beforeAll(() => {
    const pack = ['apps/verify/scripts/pack.mjs', path.join(home, 'packed')]
    tarball = execFileSync(process.execPath, pack, { cwd: checkoutDir, encoding: 'utf8' }).trim()
  })

  it('verifies in a folder with nothing of ours beside, warns of nothing, and writes its page', () => {
    const folder = file('empty')
    mkdirSync(folder)
    execFileSync('tar', ['-xzf', tarball, '-C', folder])
    const command = path.join(folder, 'package', 'lethe-verify.mjs')
    const told = spawnSync(
      process.execPath,
      [command, '../good.tar', '--trust', '../trust.txt', '--at', '2026-04-01'],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'] },
        encoding: 'utf8',
      },
    )
    expect([told.status, told.stderr]).toEqual([0, ''])
    expect(told.stdout).toContain('Verified.')
    expect(spawnSync(process.execPath, [command, '--page', 'here.html'], { cwd: folder }).status).toBe(0)
    expect(readFileSync(path.join(folder, 'here.html'), 'utf8')).toContain("default-src 'none'")
    expect(spawnSync(process.execPath, [command, '--page', 'here.html'], { cwd: folder }).status).toBe(1)
  })

  it('needs nothing, carries the licences of what it contains, and names no place of this machine', () => {
    const folder = path.join(path.dirname(tarball), 'package')
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as object
    expect(Object.keys(manifest)).not.toContain('dependencies')
    const licences = readFileSync(path.join(folder, 'THIRD-PARTY.txt'), 'utf8')
    for (const name of ['zod', '@noble/hashes', '@stdlib/stats-base-dists-normal'])
      expect(licences).toMatch(new RegExp(`^${name} .+\\(.+\\)$`, 'm'))
    for (const name of ['lethe-verify.mjs', 'verify.html']) {
      const program = readFileSync(path.join(folder, name), 'utf8')
      expect(program).not.toContain(checkoutDir)
      expect(program).not.toMatch(/tensorflow|@nats-io|better-auth|@sigstore/)
    }
  })

  it('runs by npx in an empty folder, without a registry', () => {
    const folder = file('npx')
    mkdirSync(folder)
    const own = `./${path.basename(tarball)}`
    copyFileSync(tarball, path.join(folder, own))
    const { status, stdout } = spawnSync('npx', ['--yes', '--offline', own, '--version'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect([status, stdout.trim()]).toEqual([0, 'lethe-verify 0.1.0'])
    expect(readdirSync(folder)).toEqual([path.basename(tarball)])
    expect(existsSync(path.join(folder, 'node_modules'))).toBe(false)
  })
})
