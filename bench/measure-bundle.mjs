import { fork } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const worker = fileURLToPath(new URL('bundle-worker.mjs', import.meta.url))
const cases = [
  { label: 'one small audit', forget: 96, heldOut: 400, retain: 100, views: 5, resamples: 200, audits: 1 },
  { label: 'one audit', forget: 1000, heldOut: 1000, retain: 1000, views: 10, resamples: 2000, audits: 1 },
  { label: 'ten audits', forget: 1000, heldOut: 1000, retain: 1000, views: 10, resamples: 2000, audits: 10 },
]

/** What it takes to make a bundle of collected parts, and to verify it, each in a process of its own. */
export async function measure(scratch) {
  const folder = path.join(scratch, 'bundle')
  mkdirSync(folder, { recursive: true })
  await build({
    stdin: {
      contents:
        "export { smallAudit } from './small-audit.js'\nexport { smallBundle, smallSigner } from './small-bundle.js'",
      resolveDir: path.join(root, 'test/kit/bundle'),
      loader: 'ts',
    },
    outfile: path.join(folder, 'kit.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  })
  // The packages that the kit names are found from beside it.
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  const runs = []
  for (const { label, ...settings } of cases) {
    const prepared = await run({ step: 'prepare', folder, ...settings })
    const written = await run({ step: 'write', folder, ...settings })
    const verified = await run({ step: 'verify', folder, ...settings })
    runs.push({ label, ...settings, prepared, written, verified })
  }
  return {
    figures: { runs },
    tables: [
      {
        title: 'Evidence bundles: pages, archive and verification',
        columns: [
          'case',
          'forget + held-out',
          'statements',
          'MiB',
          'pages CPU ms',
          'write CPU ms',
          'verify CPU ms',
          'peak MiB write',
          'peak MiB verify',
          'exit',
        ],
        rows: runs.map(({ label, forget, heldOut, prepared, written, verified }) => [
          label,
          `${forget} + ${heldOut}`,
          prepared.statements,
          prepared.bytes / 2 ** 20,
          written.pagesMs,
          written.writeMs,
          verified.verifyMs,
          written.peakBytes / 2 ** 20,
          verified.peakBytes / 2 ** 20,
          verified.exitCode,
        ]),
      },
    ],
  }
}

function run(settings) {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [JSON.stringify(settings)])
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the step ${settings.step} ended with code ${code}`)))
  })
}
