// node apps/verify/scripts/pack.mjs [FOLDER]: the verifier as one tarball that an outsider can run with
// `npx ./lethe-verify-0.1.0.tgz`. One file of ours with its libraries, and the page; nothing else is installed.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { thirdParties } from '../../../scripts/third-parties.mjs'
import { buildPage } from './build-page.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const workspace = path.join(root, 'apps/verify')
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

/** @returns the path of the tarball. */
async function packVerifier(folder = path.join(workspace, 'dist/pack')) {
  const staged = path.join(folder, 'package')
  rmSync(staged, { recursive: true, force: true })
  mkdirSync(staged, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['apps/verify/src/bin.ts'],
    outfile: path.join(staged, 'lethe-verify.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['source'],
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    // Libraries in CommonJS ask for Node's own modules.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as letheRequire } from 'node:module'\nconst require = letheRequire(import.meta.url)",
    },
  })
  const { version, license, description } = readJson('apps/verify/package.json')
  const manifest = {
    name: 'lethe-verify',
    version,
    description,
    license,
    type: 'module',
    engines: readJson('package.json').engines,
    bin: { 'lethe-verify': 'lethe-verify.mjs' },
  }
  writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  writeFileSync(path.join(staged, 'verify.html'), await buildPage())
  cpSync(path.join(workspace, 'README.md'), path.join(staged, 'README.md'))
  cpSync(path.join(root, 'docs/evidence.md'), path.join(staged, 'evidence.md'))
  cpSync(path.join(root, 'LICENSE'), path.join(staged, 'LICENSE'))
  writeFileSync(path.join(staged, 'THIRD-PARTY.txt'), thirdParties(root, metafile))
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', staged, '--json', '--ignore-scripts', '--pack-destination', folder], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  return path.join(folder, packed.filename)
}

const [folder] = process.argv.slice(2)
if (folder !== undefined && !existsSync(folder)) mkdirSync(folder, { recursive: true })
console.log(await packVerifier(folder && path.resolve(folder)))
