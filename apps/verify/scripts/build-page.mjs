// node apps/verify/scripts/build-page.mjs: the verifier as one HTML file that needs nothing else, page/dist/verify.html.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { thirdParties } from '../../../scripts/third-parties.mjs'

const root = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '')
const page = path.join(root, 'apps/verify/page')

/** Script and style stand in the page itself; its policy names them by their digests and allows nothing else. */
export async function buildPage() {
  const { text: script, metafile } = await bundle('apps/verify/page/verify-page.ts')
  const { text: styles } = await bundle('apps/verify/page/style.ts')
  const { style } = await import(`data:text/javascript,${encodeURIComponent(styles)}`)
  // A comment must not hold what could end it.
  const licences = thirdParties(root, metafile).replaceAll('-', '‐')
  return (
    readFileSync(path.join(page, 'template.html'), 'utf8')
      .replace('SCRIPT-HASH', () => hashOf(script))
      .replace('STYLE-HASH', () => hashOf(style))
      // Digests are of everything between the tags.
      .replace(/\s*\/\*STYLE\*\/\s*/, () => style)
      .replace(/\s*\/\*SCRIPT\*\/\s*/, () => script)
      .replace('LICENCES', () => licences)
  )
}

async function bundle(entry) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
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
  return { text: outputFiles[0].text.replaceAll('</script', '<\\/script'), metafile }
}

const hashOf = (text) => `sha256-${createHash('sha256').update(text).digest('base64')}`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(path.join(page, 'dist'), { recursive: true })
  writeFileSync(path.join(page, 'dist/verify.html'), await buildPage())
}
