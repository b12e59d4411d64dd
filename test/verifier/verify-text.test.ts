import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encodeVerifier, signerFromSeed } from '@lethe/ledger'
import { checkoutDir } from '@lethe/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { smallAudit } from '../kit/bundle/small-audit.js'
import { smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import { type Files, packed, sealed, unpacked } from './rework.js'

let home: string
let files: Files
let trust: string
let lines: string
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-verify-text-'))
  const audits = [await smallAudit('retrained')]
  files = await unpacked(audits)
  trust = smallBundle(audits).trust
  lines = shellIn(String(files.get('VERIFY.txt')))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Exactly what the text shows between its two marks. */
const shellIn = (text: string): string =>
  (/^---- shell\n([^]*?)^---- end$/m.exec(text)?.[1] ?? '')
    .split('\n')
    .map((line) => line.replace(/^ {4}/, ''))
    .join('\n')

let runs = 0
/** As the text says: unpacked by tar into a folder of its own, with the trust roots beside it. */
function run(bundle: Files, roots = trust): { status: number | null; stdout: string; stderr: string } {
  const folder = path.join(home, String(++runs))
  mkdirSync(path.join(folder, 'e'), { recursive: true })
  writeFileSync(path.join(folder, 'bundle.tar'), packed(bundle))
  writeFileSync(path.join(folder, 'trust.txt'), roots)
  const unpack = spawnSync('tar', ['-xf', '../bundle.tar'], { cwd: path.join(folder, 'e'), encoding: 'utf8' })
  expect(unpack.stderr).toBe('')
  return spawnSync('bash', ['-c', lines], { cwd: path.join(folder, 'e'), encoding: 'utf8' })
}

const flipped = (bytes: Buffer | undefined): Buffer => {
  const copy = Buffer.from(bytes ?? [])
  copy[copy.length >> 1] = (copy[copy.length >> 1] as number) ^ 1
  return copy
}

it('shows lines that pass on a bundle as it was made', () => {
  const { status, stdout, stderr } = run(files)
  expect([status, stdout, stderr]).toEqual([0, 'Files, signatures and proofs hold.\n', ''])
})

it('shows lines that fail when any file was changed, is missing, or is one too many', () => {
  for (const [name, bytes] of files)
    expect([name, run(new Map([...files, [name, flipped(bytes)]])).status]).not.toEqual([name, 0])
  expect(run(new Map([...files].filter(([name]) => name !== 'log/proofs.json'))).status).not.toBe(0)
  expect(run(new Map([...files, ['audits/9/report.json', Buffer.from('{}')]])).status).not.toBe(0)
}, 120_000)

it('shows lines that fail for what another key sealed, however well it was sealed', () => {
  const stranger = signerFromSeed(smallSigner.name, Buffer.alloc(32, 9))
  const forged = new Map([...files, ['audits/1/report.json', Buffer.from('{}')]])
  expect(run(sealed(forged, stranger)).status).not.toBe(0)
  // The stranger's key passes for itself: it is the reader's roots that decide, and statements are still by the other key.
  expect(run(sealed(forged, stranger), `log ${encodeVerifier(stranger)}\n`).status).not.toBe(0)
  expect(run(sealed(forged, stranger), `${trust}log ${encodeVerifier(stranger)}\n`).status).not.toBe(0)
})

it('shows lines that fail for a statement or proof that was changed and sealed anew by the same key', () => {
  const [name = ''] = [...files.keys()].filter((each) => each.includes('audit-completed'))
  const [other = ''] = [...files.keys()].filter((each) => each.includes('erasure-requested'))
  expect(run(sealed(new Map([...files, [name, files.get(other) ?? Buffer.of()]]))).status).not.toBe(0)
  const proofs = String(files.get('log/proofs.json')).replace(/(?<="path":\[")./, (digit) =>
    digit === '0' ? '1' : '0',
  )
  expect(run(sealed(new Map([...files, ['log/proofs.json', Buffer.from(proofs)]]))).status).not.toBe(0)
})

it('fits on a page, and docs/evidence.md shows the very same lines', () => {
  const text = String(files.get('VERIFY.txt'))
  expect(text.split('\n').length).toBeLessThan(95)
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(131)
  expect(readFileSync(path.join(checkoutDir, 'docs/evidence.md'), 'utf8')).toContain(
    `\`\`\`bash\n${lines.trimEnd()}\n\`\`\``,
  )
})
