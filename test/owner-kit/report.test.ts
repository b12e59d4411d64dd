import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { openDevice } from '@lethe/device'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from '../kit/accessibility.js'
import { openChromium } from '../kit/chromium.js'
import { digitEncoder, writeOwnerFolders } from '../kit/digit-owner.js'
import { startEmbeddingEndpoint } from '../kit/embedding-endpoint.js'
import { runKit } from './run-kit.js'

let home: string
let browser: Browser

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-report-'))
  await openDevice({ backend: 'auto' })
  const folders = await writeOwnerFolders(path.join(home, 'pictures'))
  const [before, after] = await Promise.all(
    (['original', 'retrained'] as const).map((name) => startEmbeddingEndpoint({ weights: digitEncoder(name) })),
  )
  const sets = ['--images', folders.forget, '--held-out', folders['held-out'], '--retain', folders.retain]
  const small = ['--most', '40', '--views', '2', '--resamples', '300', '--out', path.join(home, 'out')]
  await runKit(home, '--before', before?.url ?? '', '--after', after?.url ?? '', ...sets, ...small)
  await Promise.all([before?.close(), after?.close()])
  browser = await openChromium(process.env['CHROMIUM_PATH'])
})
afterAll(async () => {
  await browser.close()
  rmSync(home, { recursive: true, force: true })
})

async function open(language: string, width = 1100, options = {}): Promise<{ page: Page; requests: string[] }> {
  const context = await browser.newContext({ viewport: { width, height: 900 }, ...options })
  const page = await context.newPage()
  const requests: string[] = []
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(pathToFileURL(path.join(home, 'out', `report.${language}.html`)).href)
  return { page, requests }
}

describe.each([
  ['en', 'Inconclusive', 'What this does not prove'],
  ['ja', '判定不能', 'この監査が示さないこと'],
])('the report in %s', (language, verdict, limits) => {
  it('is read without script or network, and complains of nothing', async () => {
    const { page, requests } = await open(language, 1100, { javaScriptEnabled: false })
    expect(requests.filter((url) => !url.startsWith('data:') && !url.startsWith('file:'))).toEqual([])
    expect(await page.locator('html').getAttribute('lang')).toBe(language)
    const text = await page.locator('main').innerText()
    expect(text).toContain(verdict)
    expect(text).toContain(limits)
    // Every stable code has words.
    expect(text).not.toMatch(
      /\b(?!lethe-audit|two-sided|held-out)[a-z]+-[a-z]+-[a-z-]+\b|[A-Z]{3,}_[A-Z_]+|undefined|NaN|null/,
    )
    await page.context().close()
  })

  it('has no flaw that axe knows of, at desk and at pocket width, and nothing sticks out', async () => {
    for (const width of [1100, 360]) {
      const { page } = await open(language, width, { bypassCSP: true })
      expect(await faultsOf(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.context().close()
    }
  })

  it('shows six matrices on two scales, and prints on few pages', async () => {
    const { page } = await open(language)
    const maps = page.locator('.maps img')
    expect(await maps.count()).toBe(6)
    for (const map of await maps.all()) expect(await map.getAttribute('width')).toBe('40')
    const drawn = '[...document.images].every((image) => image.complete && image.naturalWidth > 0)'
    expect(await page.evaluate(drawn)).toBe(true)
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1')
    const pages = pdf.match(/\/Type\s*\/Page\b/g)?.length ?? 0
    expect([pages >= 2, pages <= 7]).toEqual([true, true])
    await page.context().close()
  })
})

it('says the same figures in both languages', () => {
  const numbers = (language: string) =>
    (readFileSync(path.join(home, 'out', `report.${language}.html`), 'utf8').match(/<td>[^<]*<\/td>/g) ?? []).filter(
      (cell) => /\d/.test(cell),
    )
  expect(numbers('ja')).toEqual(numbers('en'))
})
