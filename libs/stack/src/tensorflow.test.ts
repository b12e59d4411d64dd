import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { provisionTensorflow, readPrepared, tensorflowHome } from './tensorflow.js'

const cacheDir = mkdtempSync(path.join(os.tmpdir(), 'lethe-tf-test-'))
afterAll(() => rmSync(cacheDir, { recursive: true }))

const manifest = (bytes: number) => ({
  tensorflowVersion: '2.21.0',
  gpuBuild: false,
  source: 'test',
  files: { 'tfjs_binding.node': { bytes, sha256: '0'.repeat(64) } },
})

function prepare(home: string, bytes: number): void {
  mkdirSync(home, { recursive: true })
  writeFileSync(path.join(home, 'tfjs_binding.node'), 'x'.repeat(10))
  writeFileSync(path.join(home, 'manifest.json'), JSON.stringify(manifest(bytes)))
}

describe('provisionTensorflow', () => {
  it('uses what the cache holds whole, and not what was cut short', async () => {
    const home = tensorflowHome(cacheDir, false)
    prepare(home, 11)
    expect(readPrepared(home)).toBeUndefined()
    prepare(home, 10)
    const provision = await provisionTensorflow({ cacheDir, backend: 'tensorflow' })
    expect(provision).toMatchObject({ tfjsNodeDir: home, backend: 'tensorflow' })
    expect(provision.summary).toContain('2.21.0')
  })

  it('says what WASM costs, and fetches nothing for it', async () => {
    const lines: string[] = []
    const provision = await provisionTensorflow({ cacheDir, backend: 'wasm', report: (line) => lines.push(line) })
    expect(provision).toMatchObject({ backend: 'wasm', tfjsNodeDir: undefined })
    expect(provision.summary).toMatch(/times slower/)
    expect(lines).toEqual([])
  })

  it('refuses a folder of yours without a manifest', async () => {
    const options = { cacheDir, backend: 'auto', tfjsNodeDir: path.join(cacheDir, 'nothing') } as const
    await expect(provisionTensorflow(options)).rejects.toThrow(/manifest\.json/)
  })
})
