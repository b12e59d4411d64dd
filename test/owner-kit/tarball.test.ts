import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { openDevice } from '@lethe/device'
import { checkoutDir } from '@lethe/stack'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { digitEncoder, writeOwnerFolders } from '../kit/digit-owner.js'
import { startEmbeddingEndpoint, type EmbeddingEndpoint } from '../kit/embedding-endpoint.js'

let home: string
let tarball: string
let endpoint: EmbeddingEndpoint

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-tarball-'))
  const packed = await promisify(execFile)(
    process.execPath,
    ['apps/audit-kit/scripts/pack.mjs', path.join(home, 'packed')],
    {
      cwd: checkoutDir,
    },
  )
  tarball = packed.stdout.trim()
  await openDevice({ backend: 'auto' })
  endpoint = await startEmbeddingEndpoint({ weights: digitEncoder('original') })
})
afterAll(async () => {
  await endpoint.close()
  rmSync(home, { recursive: true, force: true })
})

/** A folder with the unpacked kit and the one library that it names, and nothing else of ours. */
function installByHand(): string {
  const modules = path.join(home, 'empty', 'node_modules')
  mkdirSync(modules, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '-C', modules])
  symlinkSync(path.join(checkoutDir, 'node_modules/sharp'), path.join(modules, 'sharp'))
  return path.join(modules, 'package')
}

it('audits and verifies in a folder with nothing of ours beside', async () => {
  const kit = installByHand()
  const folders = await writeOwnerFolders(path.join(home, 'pictures'))
  const run = async (...argv: string[]) => {
    const child = promisify(execFile)(process.execPath, [path.join(kit, 'lethe-audit.mjs'), ...argv], {
      cwd: home,
      env: { PATH: process.env['PATH'], LETHE_AUDIT_HOME: path.join(home, 'config') },
    })
    return child.then(
      ({ stdout }) => ({ code: 0, stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
    )
  }
  expect((await run('--help')).stdout).toContain('lethe-audit --before URL')
  const { url } = endpoint
  const sets = ['--images', folders.forget, '--held-out', folders['held-out'], '--most', '20']
  const audited = await run('--before', url, '--after', url, ...sets, '--views', '2', '--resamples', '300')
  expect([audited.code, audited.stdout]).toEqual([2, expect.stringContaining('Inconclusive')])
  const verified = await run('verify', 'lethe-audit', '--key', path.join(home, 'config', 'owner.pub'))
  expect([verified.code, verified.stdout]).toEqual([2, expect.stringContaining('Everything holds.')])
})

it('needs one library, carries the licences of what it contains, and names no place of this machine', () => {
  const folder = path.join(path.dirname(tarball), 'package')
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { dependencies: object }
  expect(Object.keys(manifest.dependencies)).toEqual(['sharp'])
  const licences = readFileSync(path.join(folder, 'THIRD-PARTY.txt'), 'utf8')
  for (const name of ['zod', '@stdlib/stats-base-dists-normal', '@sigstore/core', 'canonicalize', 'csv-parse'])
    expect(licences).toMatch(new RegExp(`^${name} .+\\(.+\\)$`, 'm'))
  const program = readFileSync(path.join(folder, 'lethe-audit.mjs'), 'utf8')
  expect(program.startsWith('#!/usr/bin/env node\n')).toBe(true)
  expect(program).not.toContain(checkoutDir)
  expect(program).not.toMatch(/tensorflow|@nats-io|better-auth/)
})

/** npm's words for a registry that cannot be reached and a cache that does not help. */
const unreachable = /ENOTCACHED|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|E40[134]|E5\d\d/

it('runs by npx in an empty folder', (context) => {
  const folder = path.join(home, 'npx')
  mkdirSync(folder)
  const own = `./${path.basename(tarball)}`
  copyFileSync(tarball, path.join(folder, own))
  const { status, stdout, stderr } = spawnSync('npx', ['--yes', '--prefer-offline', own, '--version'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, npm_config_fetch_retries: '0', npm_config_fetch_timeout: '20000' },
  })
  const cause = unreachable.exec(stderr)?.[0]
  if (status !== 0 && cause !== undefined)
    context.skip(`npm can neither reach a registry nor find sharp in its cache (${cause})`)
  expect([status, stdout.trim()]).toEqual([0, 'lethe-audit 0.1.0'])
  expect(readdirSync(folder)).toEqual([path.basename(tarball)])
})
