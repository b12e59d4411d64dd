// npm run experiment:NAME -- [options of experiments/NAME/main.ts]
// Bundles the experiment with our sources and starts it in a process of its own; npm packages stay where they are.
import { fork } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildAll } from '../scripts/build.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const [name = '', ...rest] = process.argv.slice(2)
const entry = path.join(root, 'experiments', name, 'main.ts')
if (!/^[a-z-]+$/.test(name) || !existsSync(entry)) {
  console.error(`There is no experiment called ${name}; each is a folder of experiments/ with a main.ts.`)
  process.exit(1)
}

// Generated code is part of the sources.
await buildAll({ generateOnly: true })
const folder = path.join(root, 'node_modules', '.cache', 'lethe-experiments')
mkdirSync(folder, { recursive: true })
const outfile = path.join(folder, `${name}-${process.pid}.mjs`)
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  conditions: ['source'],
  sourcemap: 'inline',
  logLevel: 'error',
  plugins: [
    {
      name: 'only-our-sources',
      setup: (bundler) => {
        bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
          path.startsWith('@lethe/') || kind === 'entry-point' ? null : { path, external: true },
        )
      },
    },
  ],
})
const child = fork(outfile, rest, {
  env: { TF_CPP_MIN_LOG_LEVEL: '2', ...process.env },
  execArgv: ['--enable-source-maps'],
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.once('exit', (code) => {
  rmSync(outfile, { force: true })
  process.exit(code ?? 1)
})
