// node libs/client/scripts/pack.mjs [FOLDER]: the client as a tarball that `npm install ./lethe-client-0.1.0.tgz` takes:
// one module without dependencies, and its types.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const client = path.join(root, 'libs/client')
const folder = path.resolve(process.argv[2] ?? path.join(client, 'dist/pack'))
const staged = path.join(folder, 'package')

rmSync(staged, { recursive: true, force: true })
mkdirSync(staged, { recursive: true })
await build({
  absWorkingDir: root,
  entryPoints: ['libs/client/src/index.ts'],
  outfile: path.join(staged, 'lethe-client.js'),
  bundle: true,
  platform: 'neutral',
  target: 'es2022',
  format: 'esm',
  logLevel: 'warning',
})
execFileSync(
  process.execPath,
  [
    path.join(root, 'node_modules/typescript/bin/tsc'),
    ...['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', path.join(staged, 'types')],
    ...['--target', 'ES2022', '--lib', 'ES2023,DOM,DOM.AsyncIterable', '--types', 'node', '--module', 'NodeNext'],
    ...['--moduleResolution', 'NodeNext', '--strict', '--skipLibCheck', path.join(client, 'src/index.ts')],
  ],
  { cwd: root, stdio: 'inherit' },
)
const { version, license, description } = JSON.parse(readFileSync(path.join(client, 'package.json'), 'utf8'))
const { engines } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
const manifest = {
  name: 'lethe-client',
  version,
  description,
  license,
  type: 'module',
  engines,
  exports: { '.': { types: './types/index.d.ts', default: './lethe-client.js' } },
}
writeFileSync(path.join(staged, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
cpSync(path.join(client, 'README.md'), path.join(staged, 'README.md'))
cpSync(path.join(client, 'src/generated/persisted-documents.json'), path.join(staged, 'persisted-documents.json'))
cpSync(path.join(root, 'LICENSE'), path.join(staged, 'LICENSE'))
const [packed] = JSON.parse(
  execFileSync('npm', ['pack', staged, '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
)
console.log(path.join(folder, packed.filename))
