import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { registerDoctor } from './doctor.js'

const golden = new URL('../../../../libs/learning/src/golden/fixtures/losses.json', import.meta.url)
const folder = mkdtempSync(path.join(os.tmpdir(), 'lethe-golden-'))
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => {
  process.exitCode = undefined
  vi.restoreAllMocks()
})

/** What `lethe doctor golden` prints and exits with. */
async function doctorGolden(...args: string[]): Promise<{ printed: string; code: number }> {
  let printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((printed += String(text)), true))
  const program = new Command().exitOverride()
  registerDoctor(program)
  await program.parseAsync(['node', 'lethe', 'doctor', 'golden', ...args, '--backend', 'wasm'])
  return { printed, code: Number(process.exitCode ?? 0) }
}

function writeGolden(change: (file: { ntXent: { loss: number } }) => unknown): string {
  const file = JSON.parse(readFileSync(golden, 'utf8')) as { ntXent: { loss: number } }
  const name = path.join(folder, 'golden.json')
  writeFileSync(name, JSON.stringify(change(file)))
  return name
}

describe('lethe doctor golden', () => {
  it('names the worst relative error of every entry and exits 0', async () => {
    const { printed, code } = await doctorGolden(golden.pathname)
    expect(code).toBe(0)
    expect(printed).toMatch(/ok {5}clip +\d\.\de-[678]\n/)
    expect(printed).toMatch(/All 20 entries agree to 0\.00001 on wasm/)
  })

  it('exits 1 on a file with one wrong number, unless the tolerance allows it', async () => {
    const file = writeGolden((right) => ({ ...right, ntXent: { ...right.ntXent, loss: right.ntXent.loss * 1.0001 } }))
    const { printed, code } = await doctorGolden(file)
    expect(code).toBe(1)
    expect(printed).toMatch(/WRONG {2}ntXent +1\.0e-4\n/)
    expect(printed).toMatch(/1 of 20 entries do not agree/)
    process.exitCode = undefined
    expect((await doctorGolden(file, '--tolerance', '1e-3')).code).toBe(0)
  })

  it('prints JSON, and refuses what is no golden file', async () => {
    const { printed } = await doctorGolden(golden.pathname, '--json')
    expect(JSON.parse(printed)).toMatchObject({ device: { backend: 'wasm' }, ok: true })
    await expect(doctorGolden(writeGolden(() => []))).rejects.toMatchObject({ code: 'GOLDEN_INVALID' })
    await expect(doctorGolden(path.join(folder, 'nothing.json'))).rejects.toMatchObject({ code: 'GOLDEN_INVALID' })
  })
})
