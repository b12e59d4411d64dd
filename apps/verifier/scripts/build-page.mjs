// node apps/verifier/scripts/build-page.mjs: the verifier as one HTML file that needs nothing else, page/dist/verify.html.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const page = path.join(root, 'apps/verifier/page')

/** Script and style stand in the page itself; its policy names them by their digests and allows nothing else. */
async function buildPage() {
  const script = await bundle('apps/verifier/page/verify-page.ts')
  const { style } = await import(
    `data:text/javascript,${encodeURIComponent(await bundle('apps/verifier/page/style.ts'))}`
  )
  const html = readFileSync(path.join(page, 'template.html'), 'utf8')
    .replace('SCRIPT-HASH', () => hashOf(script))
    .replace('STYLE-HASH', () => hashOf(style))
    .replace('/*STYLE*/', () => style)
    .replace('/*SCRIPT*/', () => script)
  const out = path.join(page, 'dist')
  mkdirSync(out, { recursive: true })
  writeFileSync(path.join(out, 'verify.html'), html)
}

async function bundle(entry) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    conditions: ['source'],
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  })
  // The end of a script element may not stand in a script.
  return outputFiles[0].text.replaceAll('</script', '<\\/script')
}

const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`

await buildPage()
