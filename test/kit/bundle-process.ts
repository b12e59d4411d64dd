import { build } from 'esbuild'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface BundledProcess {
  /** Path of an entry, by the name it was given. */
  file(name: string): string
  remove(): void
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Threads that the engine starts lie beside whatever starts the engine. */
const threads = { engine: 'libs/engine/src/engine.ts', 'view-worker': 'libs/engine/src/view-worker.ts' }

/**
 * Entries of the sources as plain JavaScript, each in one file, with the engine's threads beside them, so that a test can
 * start them as the processes and threads they are. `home` is the workspace whose packages they find; paths lie below the
 * root of the repository.
 */
export async function bundleProcess(home: string, entries: Readonly<Record<string, string>>): Promise<BundledProcess> {
  const cache = join(root, home, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const outdir = mkdtempSync(join(cache, 'lethe-test-'))
  await build({
    entryPoints: Object.fromEntries(
      Object.entries({ ...threads, ...entries }).map(([name, file]) => [name, join(root, file)]),
    ),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['source'],
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
  return {
    file: (name) => join(outdir, `${name}.js`),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  }
}
