// npm run build: generated code, dist of every workspace, and the portal; only what changed, at once if nothing did.
//   --generate     only generated code
//   --no-portal    not the portal, which takes longest
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { withPrepareLock } from './prepare-lock.mjs'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const isMain = process.argv[1] === fileURLToPath(import.meta.url)

export async function buildAll({ portal = true, generateOnly = false } = {}) {
  generate('Prisma client', ['prisma/schema', 'node_modules/prisma/package.json'], 'libs/db/src/generated', [
    'node_modules/prisma/build/index.js',
    'generate',
  ])
  const contract = ['apps/gateway/schema.graphql', 'apps/gateway/access.json', 'libs/client/scripts']
  generate('client of the API', contract, 'libs/client/src/generated', ['libs/client/scripts/generate.mjs'])
  const documents = [...contract, 'docs/errors.md', 'apps/portal/scripts', ...graphqlFiles('apps/portal/src')]
  generate('portal documents', documents, 'apps/portal/src/gql', ['apps/portal/scripts/codegen.mjs'])
  if (generateOnly) return
  await transpileAll()
  generate('page that verifies evidence', pageInputs, 'apps/verify/page/dist', ['apps/verify/scripts/build-page.mjs'])
  if (portal) buildPortal()
}

/** What the offline verifier is bundled of; its libraries are pinned by the lock. */
const pageInputs = [
  ...['domain', 'safetensors', 'audit', 'report', 'verifier'].map((name) => `libs/${name}/src`),
  ...['style.ts', 'template.html', 'verify-page.ts', 'render-verification.ts', 'words.ts'].map(
    (name) => `apps/verify/page/${name}`,
  ),
  'apps/verify/scripts/build-page.mjs',
  'package-lock.json',
]

/** Runs a generator when its inputs changed. The stamp lies in its output, so that removing the output starts it again. */
function generate(what, inputs, output, args) {
  if (!existsSync(path.join(root, inputs[0])) || !existsSync(path.join(root, args[0]))) return
  const stamp = path.join(root, output, '.stamp')
  const digest = digestOf(inputs)
  if (readStamp(stamp) === digest) return
  console.log(`Generating the ${what}.`)
  run(args)
  writeFileSync(stamp, digest)
}

async function transpileAll() {
  const changed = workspaces().filter(
    (folder) => readStamp(path.join(root, folder, 'dist/.stamp')) !== sourceStamp(folder),
  )
  if (changed.length === 0) return
  console.log(`Building ${changed.join(', ')}.`)
  const { build } = await import('esbuild')
  for (const folder of changed) {
    const stamp = sourceStamp(folder)
    rmSync(path.join(root, folder, 'dist'), { recursive: true, force: true })
    await build({
      entryPoints: sourcesOf(folder).map((file) => path.join(root, folder, 'src', file)),
      outbase: path.join(root, folder, 'src'),
      outdir: path.join(root, folder, 'dist'),
      tsconfig: path.join(root, 'tsconfig.base.json'),
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: true,
      sourcesContent: false,
      logLevel: 'warning',
    })
    writeFileSync(path.join(root, folder, 'dist/.stamp'), stamp)
  }
}

/** Next.js leaves static files out of the standalone server, for a CDN that there is none of here. */
function buildPortal() {
  const portal = path.join(root, 'apps/portal')
  if (!existsSync(path.join(portal, 'next.config.ts'))) return
  const inputs = readdirSync(portal)
    .filter((name) => !['node_modules', '.next', 'next-env.d.ts'].includes(name) && !name.endsWith('.tsbuildinfo'))
    .map((name) => path.join('apps/portal', name))
  const page = 'apps/verify/page/dist/verify.html'
  const digest = digestOf([...inputs, 'apps/gateway/schema.graphql', 'package-lock.json', page])
  const stamp = path.join(portal, '.next/standalone/.stamp')
  if (readStamp(stamp) === digest) return
  console.log('Building the portal; the first time takes about a minute.')
  rmSync(path.join(portal, '.next/standalone'), { recursive: true, force: true })
  run([path.join(root, 'node_modules/next/dist/bin/next'), 'build'], portal)
  const served = path.join(portal, '.next/standalone/apps/portal')
  cpSync(path.join(portal, '.next/static'), path.join(served, '.next/static'), { recursive: true })
  if (existsSync(path.join(portal, 'public')))
    cpSync(path.join(portal, 'public'), path.join(served, 'public'), { recursive: true })
  mkdirSync(path.join(served, 'public'), { recursive: true })
  cpSync(path.join(root, page), path.join(served, 'public/verify.html'))
  writeFileSync(stamp, digest)
}

/** Workspaces whose sources run in Node. */
function workspaces() {
  return ['libs', 'services', 'apps'].flatMap((group) =>
    readdirSync(path.join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => folder !== 'apps/portal' && existsSync(path.join(root, folder, 'src'))),
  )
}

function sourcesOf(folder) {
  return readdirSync(path.join(root, folder, 'src'), { recursive: true })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'))
    .sort()
}

/** Names, sizes and times, not contents: a build that was not needed costs little, and every start asks. */
function sourceStamp(folder) {
  const hash = createHash('sha256')
  for (const file of [
    ...sourcesOf(folder).map((name) => `${folder}/src/${name}`),
    'tsconfig.base.json',
    'scripts/build.mjs',
  ]) {
    const { size, mtimeMs } = statSync(path.join(root, file))
    hash.update(`${file}\0${size}\0${mtimeMs}\n`)
  }
  return hash.digest('hex')
}

/** Digest of the contents of files and folders. */
function digestOf(inputs) {
  const hash = createHash('sha256')
  const add = (name) => {
    const file = path.join(root, name)
    if (!existsSync(file)) return
    if (!statSync(file).isDirectory()) return void hash.update(`${name}\0`).update(readFileSync(file))
    for (const entry of readdirSync(file).sort())
      if (entry !== '.stamp' && !/\.test\.tsx?$/.test(entry)) add(path.join(name, entry))
  }
  for (const name of inputs) add(name)
  return hash.digest('hex')
}

function graphqlFiles(folder) {
  if (!existsSync(path.join(root, folder))) return []
  return readdirSync(path.join(root, folder), { recursive: true })
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => path.join(folder, file))
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

/** Runs Node; shows what it printed only if it fails. */
function run(args, cwd = root) {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', CHECKPOINT_DISABLE: '1', NODE_ENV: 'production' }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, stdio: 'pipe' })
  if (status === 0) return
  process.stderr.write(`${stdout}${stderr}`)
  throw new Error(`node ${path.relative(root, args[0])} ${args.slice(1).join(' ')} failed`)
}

if (isMain) {
  const flags = process.argv.slice(2)
  const options = { portal: !flags.includes('--no-portal'), generateOnly: flags.includes('--generate') }
  try {
    await withPrepareLock(root, () => buildAll(options))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}
