import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkoutDir } from '@lethe/stack'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultsOf } from '../kit/accessibility.js'
import { smallAudit } from '../kit/bundle/small-audit.js'
import { smallBundle } from '../kit/bundle/small-bundle.js'
import { openChromium } from '../kit/chromium.js'

let home: string
let browser: Browser
let trust: string
const file = (name: string) => path.join(home, name)

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'lethe-page-'))
  execFileSync(process.execPath, ['apps/verify/scripts/build-page.mjs'], { cwd: checkoutDir })
  copyFileSync(path.join(checkoutDir, 'apps/verify/page/dist/verify.html'), file('verify.html'))
  const good = smallBundle([await smallAudit('retrained')])
  trust = good.trust
  writeFileSync(file('good.tar'), good.bytes)
  writeFileSync(file('trust.txt'), trust)
  const changed = Buffer.from(good.bytes)
  changed[changed.indexOf('EVIDENCE OF')] = 0x65
  writeFileSync(file('changed.tar'), changed)
  writeFileSync(file('no-bundle.tar'), 'no bundle')
  browser = await openChromium(process.env['CHROMIUM_PATH'])
})
afterAll(async () => {
  await browser.close()
  rmSync(home, { recursive: true, force: true })
})

interface Opened {
  readonly page: Page
  /** What the page asked for besides itself, and what it complained of. */
  readonly noise: string[]
}

async function open(options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, locale: 'en-GB', ...options })
  const page = await context.newPage()
  const noise: string[] = []
  const own = pathToFileURL(file('verify.html')).href
  page.on('request', (request) => {
    if (request.url() !== own && !request.url().startsWith('data:')) noise.push(request.url())
  })
  page.on('console', (message) => noise.push(message.text()))
  page.on('pageerror', (error) => noise.push(String(error)))
  await page.clock.setFixedTime(new Date('2026-04-01'))
  await page.goto(own)
  return { page, noise }
}

async function verify(page: Page, bundle: string): Promise<string | null> {
  await page.setInputFiles('#bundle', file(bundle))
  await page.fill('#trust', trust)
  await page.click('#verify')
  await page.waitForSelector('.verdict')
  return page.locator('.verdict').getAttribute('data-exit-code')
}

describe('the page, opened as a file', () => {
  it('verifies a bundle, draws its matrices anew, and asks nobody for anything', async () => {
    const { page, noise } = await open()
    expect(await verify(page, 'good.tar')).toBe('0')
    expect(await page.locator('.check').count()).toBe(22)
    expect(await page.locator('.check[data-check=statistics]').getAttribute('data-outcome')).toBe('verified')
    expect(await page.locator('.heat-maps .maps img').count()).toBe(6)
    const drawn = '[...document.images].every((image) => image.complete && image.naturalWidth > 0)'
    expect(await page.evaluate(drawn)).toBe(true)
    expect(await page.locator('main').innerText()).toContain('What this does not prove')
    expect(noise).toEqual([])
    await page.context().close()
  })

  it('names the file that was changed, and says so of what is no bundle at all', async () => {
    const { page, noise } = await open()
    expect(await verify(page, 'changed.tar')).toBe('4')
    expect(await page.locator('.check[data-check=manifest]').innerText()).toContain('VERIFY.txt: was changed')
    expect(await verify(page, 'no-bundle.tar')).toBe('4')
    expect(await page.locator('.check[data-check=archive]').innerText()).toContain('ARCHIVE_')
    expect(noise).toEqual([])
    await page.context().close()
  })

  it('takes files that are dropped on it', async () => {
    const { page } = await open()
    const drop = async (name: string, text: string) => {
      const transfer = await page.evaluateHandle(`(() => {
        const made = new DataTransfer()
        made.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}))
        return made
      })()`)
      await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
    }
    await drop('trust.txt', trust)
    await expect.poll(() => page.inputValue('#trust')).not.toBe('')
    await drop('answer.json', '{"data":{"evidence":null}}')
    await expect.poll(() => page.locator('#bundle-hint').innerText()).toContain('answer.json')
    await page.click('#verify')
    await page.waitForSelector('.verdict.incomplete')
    expect(await page.locator('.check').first().innerText()).toContain('holds no entry of evidence')
    await drop('broken.tar', 'x')
    await expect.poll(() => page.locator('#bundle-hint').innerText()).toContain('broken.tar')
    await page.click('#verify')
    await page.waitForSelector('.verdict.tampered')
    await page.context().close()
  })

  it('says what is missing instead of a verdict, and refuses roots that it cannot read', async () => {
    const { page } = await open()
    await page.click('#verify')
    expect(await page.locator('#status').innerText()).toContain('Choose a bundle')
    await page.setInputFiles('#bundle', file('good.tar'))
    await page.click('#verify')
    expect(await page.locator('#status').innerText()).toContain('trust roots')
    await page.fill('#trust', 'log x')
    await page.click('#verify')
    // Polled from outside: the page's policy lets nobody evaluate text in it.
    await expect.poll(() => page.locator('#status').innerText()).toContain('[trust:1]')
    expect(await page.locator('.verdict').count()).toBe(0)
    await page.context().close()
  })

  it('is used by keyboard alone, from the roots to the report', async () => {
    const { page } = await open()
    await page.setInputFiles('#bundle', file('good.tar'))
    await page.focus('#trust')
    await page.keyboard.insertText(trust)
    for (let steps = 0; steps < 4; steps++) {
      await page.keyboard.press('Tab')
      if ((await page.evaluate('document.activeElement.id')) === 'verify') break
    }
    await page.keyboard.press('Enter')
    await page.waitForSelector('.verdict.verified')
    expect(await page.evaluate('document.activeElement.id')).toBe('report')
    await page.context().close()
  })

  it('speaks Japanese where the reader does, and when asked', async () => {
    const { page } = await open({ locale: 'ja-JP' })
    expect(await page.locator('h1').innerText()).toBe('消去の証拠を検証する')
    await verify(page, 'good.tar')
    const text = await page.locator('main').innerText()
    expect(text).toContain('これが証明しないこと')
    expect(text).not.toMatch(/Verified|nothing to check|undefined|NaN/)
    await page.click('[data-language=en]')
    expect(await page.locator('h1').innerText()).toBe('Verify evidence of an erasure')
    expect(await page.locator('.verdict').innerText()).toContain('Verified.')
    await page.context().close()
  })

  it('has no flaw that axe knows of, at desk and at pocket width, and nothing sticks out', async () => {
    for (const [width, bundle] of [
      [1100, 'good.tar'],
      [360, 'changed.tar'],
    ] as const) {
      const { page } = await open({ viewport: { width, height: 800 }, bypassCSP: true })
      await verify(page, bundle)
      expect(await faultsOf(page)).toEqual([])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.context().close()
    }
  })
})
