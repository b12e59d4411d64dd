// node apps/audit-kit/scripts/pack.mjs [FOLDER]: the kit as one tarball that a stranger can run with
// `npx ./lethe-audit-kit-0.1.0.tgz`. Our code and small libraries in one file; only sharp, which decodes pictures, is installed.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { thirdParties } from '../../../scripts/third-parties.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const kit = path.join(root, 'apps/audit-kit')
const readJson = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

/** @returns the path of the tarball. */
export async function packKit(folder = path.join(kit, 'dist/pack')) {
  const staged = path.join(folder, 'package')
  rmSync(staged, { recursive: true, force: true })
  mkdirSync(staged, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['apps/audit-kit/src/bin.ts'],
    outfile: path.join(staged, 'lethe-audit.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['source'],
    external: ['sharp'],
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    // Libraries in CommonJS ask for Node's own modules.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as letheRequire } from 'node:module'\nconst require = letheRequire(import.meta.url)",
    },
  })
  writeManifest(staged)
  cpSync(path.join(kit, 'README.md'), path.join(staged, 'README.md'))
  cpSync(path.join(root, 'docs/embedding-protocol.md'), path.join(staged, 'embedding-protocol.md'))
  cpSync(path.join(root, 'examples/python-adapter/serve.py'), path.join(staged, 'python-adapter/serve.py'))
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

function writeManifest(staged) {
  const { version, license, description } = readJson('apps/audit-kit/package.json')
  const { dependencies } = readJson('libs/datasets/package.json')
  const { engines } = readJson('package.json')
  const manifest = {
    name: 'lethe-audit-kit',
    version,
    description,
    license,
    type: 'module',
    engines,
    bin: { 'lethe-audit': 'lethe-audit.mjs' },
    dependencies: { sharp: dependencies.sharp },
  }
  writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2)
  if (folder !== undefined && !existsSync(folder)) mkdirSync(folder, { recursive: true })
  console.log(await packKit(folder && path.resolve(folder)))
}
