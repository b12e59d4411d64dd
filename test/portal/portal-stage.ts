import { execFile } from 'node:child_process'
import { PassThrough } from 'node:stream'
import path from 'node:path'
import { promisify } from 'node:util'
import { readErasure, runDemo, type SignIn } from '@lethe/cli/demo'
import { checkoutDir } from '@lethe/stack'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openChromium } from '../kit/chromium.js'
import { digitScenario } from '../kit/digit-scenario.js'
import { makeStateDir, removeStateDir, startTestPlatform } from '../kit/platform.js'

export interface Visit {
  page: Page
  /** Addresses outside the portal's own that the page asked for. */
  strangers: string[]
  /** What the browser complained about: scripts that failed, content policy, missing messages. */
  complaints: string[]
  close: () => Promise<void>
}

export interface PortalStage {
  url: string
  /** Folder that mail goes to. */
  outbox: string
  requestId: string
  auditId: string
  /** Trust roots, as the operator gave them out. */
  trustFile: string
  /** A browser of its own for somebody who is signed in, as a person would do it; nobody when no role is given. */
  visit: (role?: SignIn['role'], options?: BrowserContextOptions) => Promise<Visit>
  close: () => Promise<void>
}

/** The portal before anything has happened. */
export interface BarePortal extends Pick<PortalStage, 'url' | 'outbox' | 'visit' | 'close'> {
  /** Who runs the platform. */
  visitAsAdmin: (options?: BrowserContextOptions) => Promise<Visit>
}

let theStage: Promise<PortalStage> | undefined
let theBarePortal: Promise<BarePortal> | undefined

/** The stage that all of a test file share; the file closes it. */
export const portalStage = (): Promise<PortalStage> => (theStage ??= openPortalStage())
export const barePortal = (): Promise<BarePortal> => (theBarePortal ??= openBarePortal())

/** Members of a tenant that has nothing yet, with a portal and no service that computes. */
export async function openBarePortal(): Promise<BarePortal> {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs'], { cwd: checkoutDir })
  const stateDir = makeStateDir('portal')
  const platform = await startTestPlatform(stateDir, ['registrar', 'gateway', 'portal'])
  const browser = await openChromium(process.env['CHROMIUM_PATH'])
  const { signIns } = await platform.cast(digitScenario())
  const url = platform.urls.portal
  return {
    url,
    outbox: path.join(stateDir, 'outbox'),
    visitAsAdmin: async (options = {}) => {
      const visit = await openVisit(browser, url, options)
      await signIn(visit.page, platform.facts.bootstrapAdmin)
      return visit
    },
    visit: async (role, options = {}) => {
      const visit = await openVisit(browser, url, options)
      const person = signIns.find((each) => each.role === role)
      if (person) await signIn(visit.page, person)
      return visit
    },
    close: async () => {
      await browser.close()
      await platform.stop()
      removeStateDir(stateDir)
    },
  }
}

/** The whole platform with its portal, after the route on handwritten digits, and a real browser. */
async function openPortalStage(): Promise<PortalStage> {
  await promisify(execFile)(process.execPath, ['scripts/build.mjs'], { cwd: checkoutDir })
  const stateDir = makeStateDir('portal')
  const services = ['registrar', 'compute', 'embedding', 'gateway', 'portal'] as const
  const platform = await startTestPlatform(stateDir, services)
  const browser = await openChromium(process.env['CHROMIUM_PATH'])
  const scenario = digitScenario()
  const demo = await runDemo({
    gatewayUrl: platform.urls.gateway,
    embeddingUrl: platform.urls.embedding,
    stateDir,
    backend: platform.facts.tensorflow.backend,
    admin: platform.facts.bootstrapAdmin,
    logPublicKey: platform.facts.logPublicKey,
    out: new PassThrough().resume(),
    scenario,
  })
  const cast = await platform.cast(scenario)
  const request = await readErasure(cast.as.auditor, demo.summary.request.id)
  const url = platform.urls.portal
  return {
    url,
    outbox: path.join(stateDir, 'outbox'),
    requestId: request.id,
    auditId: request.audits.at(-1)?.id ?? '',
    trustFile: demo.summary.bundle.trust,
    visit: async (role, options = {}) => {
      const visit = await openVisit(browser, url, options)
      const person = demo.signIns.find((signIn) => signIn.role === role)
      if (person) await signIn(visit.page, person)
      return visit
    },
    close: async () => {
      await browser.close()
      await platform.stop()
      removeStateDir(stateDir)
    },
  }
}

async function openVisit(browser: Browser, url: string, options: BrowserContextOptions): Promise<Visit> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  const strangers: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => {
    const target = request.url()
    if (!target.startsWith(`${url}/`) && !/^(data|blob):/.test(target)) strangers.push(target)
  })
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, strangers, complaints, close: () => context.close() }
}

async function signIn(page: Page, person: Pick<SignIn, 'email' | 'password'>): Promise<void> {
  await page.goto('/sign-in')
  await page.locator('input[name=email]').fill(person.email)
  await page.locator('input[name=password]').fill(person.password)
  await page.locator('button[type=submit]').click()
  await page.waitForURL((target) => target.pathname !== '/sign-in')
  await page.getByTestId('answer').waitFor()
}

/** Goes to a page and waits until it has said its sentence and drawn what it was loading. */
export async function openPage(page: Page, path: string): Promise<void> {
  await page.goto(path)
  await page
    .getByTestId('answer')
    .filter({ hasNotText: /Reading…|読み込み/ })
    .waitFor()
  await page.locator('.animate-pulse').first().waitFor({ state: 'detached' })
}

/** How far the page reaches beyond the window, in CSS pixels; a table that scrolls by itself does not count. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
