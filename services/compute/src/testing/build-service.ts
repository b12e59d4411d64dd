import { build } from 'esbuild'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface BuiltService {
  readonly main: string
  readonly engine: URL
  remove(): void
}

/** The service as plain JavaScript, so that a test can start it as the process it is. */
export async function buildService(): Promise<BuiltService> {
  const home = fileURLToPath(new URL('../..', import.meta.url))
  const cache = join(home, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const outdir = mkdtempSync(join(cache, 'lethe-test-'))
  await build({
    entryPoints: { main: join(home, 'src/main.ts'), engine: join(home, 'src/engine/engine.ts') },
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
    main: join(outdir, 'main.js'),
    engine: new URL(`file://${join(outdir, 'engine.js')}`),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  }
}
