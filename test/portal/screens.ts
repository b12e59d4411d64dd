import { sha256 } from '@lethe/domain'
import { parseModelVerifier, verifyModelSignature } from '@lethe/ledger'
import { parseTrustRoots, verifyBundle } from '@lethe/verifier'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { seriousFaultsOf, wcag22aa } from '../kit/accessibility.js'
import { overflowOf, portalStage, type PortalStage, type Visit } from './portal-stage.js'

let stage: PortalStage
let owner: Visit

beforeAll(async () => {
  stage = await portalStage()
  owner = await stage.visit('tenant_owner')
})

const answerOn = (page: Page) => page.getByTestId('answer').textContent()

const open = async (page: Page, path: string) => {
  await page.goto(path)
  await page.getByTestId('answer').filter({ hasNotText: 'Reading…' }).waitFor()
}

/** No list is being read any more; a stream is never idle, so the network cannot tell. */
const settled = (page: Page) => page.locator('.animate-pulse').first().waitFor({ state: 'detached' })

/** Controls of which one lies over another, by what they say. */
const overlappingControls = (page: Page) =>
  page.evaluate(`(() => {
    const controls = [...document.querySelectorAll('main :is(a[href], button, input, select, textarea)')]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 1 && box.height > 1)
    const overlap = (a, b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1
    return controls.flatMap((one, place) =>
      controls
        .slice(place + 1)
        .filter((other) => !one.element.contains(other.element) && overlap(one.box, other.box))
        .map((other) => [one, other].map(({ element }) => element.outerHTML.slice(0, 120))),
    )
  })()`)

/** Cells of tables that reach out of the window. */
const cellsOutside = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('.stacking-table :is(td, th)')]
    .filter((cell) => cell.getBoundingClientRect().right > window.innerWidth)
    .map((cell) => cell.textContent)`)

/** Addresses of a screen each, of what the route made. */
const screens = () => {
  return [
    '/',
    '/requests',
    '/requests/new',
    `/requests/${encodeURIComponent(stage.requestId)}`,
    '/audits',
    `/audits/${encodeURIComponent(stage.auditId)}`,
    '/models',
    '/datasets',
    '/runs',
    '/evidence',
    '/evidence/1',
    '/sla',
    '/reference',
    '/settings',
  ]
}

describe('session', () => {
  it('sends who is not signed in to sign in, and refuses a wrong password in words', async () => {
    const { page, close } = await stage.visit()
    await page.goto('/requests')
    await page.waitForURL('**/sign-in?to=%2Frequests')
    await page.locator('input[name=email]').fill('nobody@digit-works.example')
    await page.locator('input[name=password]').fill('not the password')
    await page.locator('button[type=submit]').click()
    await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor()
    await close()
  })

  it('shows no token to scripts, and none to other sites', async () => {
    expect(await owner.page.evaluate('document.cookie')).not.toContain('lethe_')
    const held = (await owner.page.context().cookies()).filter(({ name }) => /^lethe_(session|token)$/.test(name))
    expect(held.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
      { httpOnly: true, sameSite: 'Lax' },
      { httpOnly: true, sameSite: 'Lax' },
    ])
    const cookie = held.map(({ name, value }) => `${name}=${value}`).join('; ')
    const ask = (headers: Record<string, string>) =>
      fetch(`${stage.url}/api/graphql`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: '{ viewer { role } }' }),
      })
    expect((await ask({ origin: stage.url, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await ask({ origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await ask({})).status).toBe(403)
  })
})

describe('screens', () => {
  it('begin with a sentence, have a title, ask nobody else for anything and raise no complaint', async () => {
    for (const path of screens()) {
      await open(owner.page, path)
      expect((await answerOn(owner.page))?.trim(), path).toMatch(/[.?]$/)
      expect(await owner.page.title(), path).toMatch(/^.+ · Lethe$/)
      await settled(owner.page)
      expect(await overlappingControls(owner.page), path).toEqual([])
    }
    expect(owner.strangers).toEqual([])
    expect(owner.complaints).toEqual([])
  }, 120_000)

  it('have no serious violation of WCAG 2.2 AA, light and dark', async () => {
    for (const path of screens()) {
      await open(owner.page, path)
      await settled(owner.page)
      for (const colorScheme of ['dark', 'light'] as const) {
        await owner.page.emulateMedia({ colorScheme })
        expect(await seriousFaultsOf(owner.page, wcag22aa), `${path}, ${colorScheme}`).toEqual([])
      }
    }
  }, 240_000)

  it('fit in 360 px, every cell of a table with them', async () => {
    const { page, close } = await stage.visit('tenant_owner', { viewport: { width: 360, height: 740 } })
    for (const path of screens()) {
      await open(page, path)
      await settled(page)
      expect(await overflowOf(page), path).toBeLessThanOrEqual(0)
      expect(await cellsOutside(page), path).toEqual([])
    }
    await close()
  }, 120_000)

  it('speak Japanese to who asks for it, and English again by choice', async () => {
    const { page, close } = await stage.visit('privacy_officer', { locale: 'ja-JP' })
    expect(await page.locator('html').getAttribute('lang')).toBe('ja')
    expect(await answerOn(page)).toMatch(/請求 \d+ 件/)
    await open(page, '/settings')
    await page.getByText('English').click()
    await page.locator('html[lang=en]').waitFor()
    expect(await answerOn(page)).toContain('Privacy officer')
    await close()
  })

  it('show a data owner no models, data or log, and take their key as given', async () => {
    const { page, complaints, close } = await stage.visit('data_owner')
    const links = await page.getByRole('navigation').getByRole('link').allTextContents()
    // Beside notices stands how many were not seen.
    const names = links.map((link) => link.replace(/^Notices.*/, 'Notices'))
    expect(names).toEqual(['Overview', 'Erasure requests', 'Audits', 'API', 'Notices', 'Settings'])
    expect(await answerOn(page)).toMatch(/^The latest audit /)
    for (const path of ['/models', '/evidence', '/sla', '/tenants', '/settings/members']) {
      await open(page, path)
      expect(await answerOn(page), path).toBe('There is nothing here, or nothing that you may see.')
    }
    await open(page, '/requests/new')
    expect(await page.getByLabel('Subject key').inputValue()).toBe('ada')
    expect(await page.getByRole('heading', { name: 'Many requests at once' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  it('name the same day as the last in time, in the notice and in the request', async () => {
    const { page } = owner
    await open(page, '/requests')
    const due = await page.getByRole('cell').locator('time').first().textContent()
    await open(page, '/notices')
    await page.getByText(`it is due on ${due}.`).waitFor()
  })
})

describe('an erasure request', () => {
  it('shows what would be touched and what an audit could see, before anything is promised', async () => {
    const { page, close } = await stage.visit('privacy_officer')
    await open(page, '/requests/new')
    await page.getByLabel('Subject key').fill('nobody-of-that-name')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByRole('main').getByRole('alert').waitFor()
    await page.getByLabel('Subject key').fill('bob')
    await page.getByRole('button', { name: 'Find' }).click()
    await page.getByTestId('preview').getByText('of bob, learned by').waitFor()
    await page
      .getByTestId('preview')
      .getByText(/power of/)
      .waitFor()
    await page.getByRole('button', { name: 'Raise request' }).click()
    await page.getByRole('dialog').getByText('the legal clock starts').waitFor()
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await close()
  })

  it('tells its course with the entry that proves each step, its plan, and the sum of its deadline', async () => {
    const { page } = owner
    await open(page, `/requests/${encodeURIComponent(stage.requestId)}`)
    const timeline = page.getByTestId('timeline')
    for (const step of ['Erasure requested', 'Identity confirmed', 'Plan recorded', 'Audit completed']) {
      await timeline.getByText(step, { exact: true }).first().waitFor()
    }
    expect(await page.getByTestId('plan').getByRole('row').count()).toBeGreaterThan(1)
    for (const thing of ['Uploaded archive', 'Dataset pack', 'Sample rows', 'Model version', 'Forget set'])
      await page.getByTestId('closure').getByText(thing, { exact: true }).first().waitFor()
    await page
      .getByText(/12\(3\)/)
      .first()
      .waitFor()
    await timeline
      .getByRole('link', { name: /^entry/ })
      .first()
      .click()
    await page.waitForURL('**/evidence/*')
  })
})

describe('a model version', () => {
  it('gives out its files with a signature that covers them, by the key that trust roots name', async () => {
    const { page, complaints, close } = await stage.visit('engineer', { acceptDownloads: true })
    await open(page, '/models')
    await page.locator('a[href^="/models/"]').first().click()
    await page.locator('a[href^="/models/versions/"]').first().click()
    await page.getByRole('heading', { name: 'Files' }).waitFor()
    const download = async (name: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()])
      return readFile(await file.path())
    }
    const [weights, state, signature] = [
      await download('weights.safetensors'),
      await download('state.safetensors'),
      await download('model.sig'),
    ]
    const files = (of: Buffer) => [
      { name: 'weights.safetensors', digest: sha256(of) },
      { name: 'state.safetensors', digest: sha256(state) },
    ]
    const given = /^model (\S+)$/m.exec(await readFile(stage.trustFile, 'utf8'))?.[1] ?? ''
    const check = (of: Buffer) =>
      verifyModelSignature(signature.toString('utf8'), [parseModelVerifier(given)], files(of))
    expect(check(weights).name).toMatch(/^model-version\//)
    expect(() => check(state)).toThrow(expect.objectContaining({ code: 'MODEL_FILES_MISMATCH' }))
    expect(parseModelVerifier((await download('Public key')).toString('utf8')).hint).toBe(
      parseModelVerifier(given).hint,
    )
    expect((await download('ml-bom.cdx.json')).toString('utf8')).toContain(sha256(weights))
    expect(complaints).toEqual([])
    await close()
  })

  it('gives an auditor what speaks of the files, not the files', async () => {
    const { page, close } = await stage.visit('auditor')
    await open(page, '/models')
    await page.locator('a[href^="/models/"]').first().click()
    await page.locator('a[href^="/models/versions/"]').first().click()
    await page.getByRole('link', { name: 'model.sig' }).waitFor()
    expect(await page.getByRole('link', { name: 'weights.safetensors' }).count()).toBe(0)
    await close()
  })
})

describe('an evidence bundle', () => {
  it('is prepared by the data owner, downloaded once it is ready, and verified away from here', async () => {
    const { page, complaints, close } = await stage.visit('data_owner', { acceptDownloads: true })
    await open(page, `/requests/${encodeURIComponent(stage.requestId)}`)
    const links = page.getByRole('link', { name: 'Download' })
    const before = await links.count()
    await page.getByRole('button', { name: 'Prepare bundle' }).click()
    await links.nth(before).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), links.first().click()])
    expect(download.suggestedFilename()).toBe('erasure-1.tar')
    const trust = await parseTrustRoots(await readFile(stage.trustFile, 'utf8'))
    const bundle = await readFile(await download.path())
    const { report } = await verifyBundle(bundle, { trust, at: new Date() })
    expect(report.checks.filter(({ outcome }) => outcome === 'tampered')).toEqual([])
    const { report: stranger } = await verifyBundle(bundle, { trust: { ...trust, logs: [] }, at: new Date() })
    expect(stranger.exitCode).toBe(4)
    expect(complaints).toEqual([])
    await close()
  })

  it('of whatever request is listed beside the log', async () => {
    const { page } = owner
    await open(page, '/evidence')
    await page.getByRole('tab', { name: 'Bundles' }).click()
    await page.getByRole('link', { name: 'Download' }).first().waitFor()
  })
})

describe('an audit report', () => {
  it('draws six matrices that are not blank, and reads a cell out by keyboard', async () => {
    const { page } = owner
    await open(page, `/audits/${encodeURIComponent(stage.auditId)}`)
    await page.locator('[role=application] canvas').first().waitFor()
    const maps = page.getByRole('application')
    expect(await maps.count()).toBe(6)
    const colours = await page.evaluate(
      `[...document.querySelectorAll('[role=application] canvas')].map((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        return new Set(Array.from({ length: data.length / 4 }, (_, i) => data.slice(i * 4, i * 4 + 4).join())).size
      })`,
    )
    for (const count of colours as number[]) expect(count).toBeGreaterThan(10)
    await maps.first().focus()
    await page.keyboard.press('ArrowRight')
    await page
      .getByText(/^Row 1, column 2: -?[\d.]+$/)
      .first()
      .waitFor()
  })

  it('says the same in tables: the matrices, each test, and the comparison', async () => {
    const { page } = owner
    const cells = await page.getByTestId('matrix-summary').locator('tbody td').allTextContents()
    expect(cells).toHaveLength(18)
    for (const cell of cells) expect(cell).toMatch(/\d/)
    await page.getByText('Every value as a table').click()
    await page.getByTestId('matrix-values').waitFor()
    expect(await page.getByTestId('matrix-values').locator('tbody tr').count()).toBeGreaterThan(10)
    await page.getByTestId('tests').getByText('Residual membership').first().waitFor()
    const rows = await page.getByTestId('comparison').locator('tbody th').allTextContents()
    expect(rows.slice(0, 3)).toEqual([
      expect.stringContaining('Before'),
      expect.stringContaining('After'),
      expect.stringContaining('Baseline'),
    ])
    expect(await page.getByRole('heading', { name: 'What this does not prove' }).count()).toBe(1)
  })
})

describe('evidence', () => {
  const outcomes = (page: Page): Promise<string[]> =>
    page.evaluate("[...document.querySelectorAll('[data-testid=proof] li')].map((item) => item.dataset.outcome)")

  it('is proven in the browser, from the bytes alone', async () => {
    const { page } = owner
    await open(page, '/evidence/1')
    await page.locator('[data-testid=proof] li[data-outcome=passed]').nth(2).waitFor()
    expect(await outcomes(page)).not.toContain('failed')
    expect(await answerOn(page)).toContain('checked just now in this browser')
  })

  it('is refused when one byte of it was changed on the way', async () => {
    const { page, close } = await stage.visit('auditor')
    await page.route('**/api/graphql', async (route) => {
      const response = await route.fetch()
      const text = await response.text()
      await route.fulfill({
        response,
        body: text.replace(/(\\"_type\\":\\"https:\/\/in-toto\.io\/Statement\/v)1/, '$12'),
      })
    })
    await open(page, '/evidence/1')
    await page.locator('[data-testid=proof] li[data-outcome=failed]').first().waitFor()
    expect(await answerOn(page)).toContain('does not hold')
    await close()
  })
})
