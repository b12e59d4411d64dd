import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { seriousFaultsOf, wcag22aa } from '../kit/accessibility.js'
import { openPage, overflowOf, type PortalStage, portalStage } from './portal-stage.js'

let stage: PortalStage

beforeAll(async () => {
  stage = await portalStage()
})

const found = 'Audit 1 was read against its scores; nothing contradicts it.'

const reviewOn = (page: Page) => page.getByRole('region', { name: /^(External review|外部監査人の所見)$/ })

const openCase = (page: Page) => openPage(page, `/requests/${encodeURIComponent(stage.requestId)}`)

/** Only what is closed can be signed off; whether the audit of the stage passed is left to its draw. */
async function closeCase(): Promise<void> {
  const { page, close } = await stage.visit('privacy_officer')
  await openCase(page)
  const withdraw = page.getByRole('button', { name: 'Withdraw' })
  if (await withdraw.isVisible()) {
    await withdraw.click()
    await page.getByRole('dialog').getByLabel('Reason').fill('The person changed their mind.')
    await page.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  await close()
}

describe('an owner', () => {
  it('sets what a device hour costs, is told what runs cost by it, and which field is wrong', async () => {
    const { page, complaints, close } = await stage.visit('tenant_owner')
    await page.goto('/settings/costs')
    await page.getByTestId('answer').filter({ hasText: 'no price is set' }).waitFor()
    const save = page.getByRole('button', { name: 'Save price' })
    await page.getByLabel('Amount').fill('3600')
    await page.getByLabel('Currency').fill('EUX')
    await save.click()
    await page.getByRole('alert').filter({ hasText: 'ISO 4217' }).waitFor()
    await page.getByLabel('Currency').fill('eur')
    await save.click()
    await page.getByTestId('answer').filter({ hasText: '€' }).waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('reads in Japanese what the platform says of a request, and a refusal; mail follows the language', async () => {
    const { page, close } = await stage.visit('tenant_owner')
    await page.goto('/settings')
    await page.getByText('日本語').click()
    await page.getByRole('heading', { name: '設定' }).waitFor()
    await page.goto('/settings/notifications')
    await page.getByLabel('メールの言語').waitFor()
    expect(await page.getByLabel('メールの言語').inputValue()).toBe('ja')
    await openCase(page)
    const timeline = page.getByTestId('timeline')
    await timeline.getByText('忘却集合として固定しました').waitFor()
    expect(await timeline.locator('[lang="en"]').allTextContents()).toEqual([])
    await page.goto('/settings/costs')
    await page.getByLabel('通貨').fill('EUX')
    await page.getByLabel('金額').fill('1')
    await page.getByRole('button', { name: '単価を保存' }).click()
    await page.getByRole('alert').filter({ hasText: '通貨は EUR のような ISO 4217' }).waitFor()
    await page.context().clearCookies({ name: 'lethe_locale' })
    await close()
  })
})

describe('an external auditor', () => {
  it('puts a finding on record in their own words, and none that names a person', async () => {
    const { page, complaints, close } = await stage.visit('auditor')
    await openCase(page)
    const record = async (statement: string) => {
      await page.getByRole('button', { name: 'Record a finding' }).click()
      const dialog = page.getByRole('dialog')
      expect(await dialog.getByRole('button', { name: 'Record a finding' }).isDisabled()).toBe(true)
      await dialog.getByLabel('Weight').selectOption('minor')
      await dialog.getByLabel('What you found').fill(statement)
      await dialog.getByRole('button', { name: 'Record a finding' }).click()
      return dialog
    }
    const refused = await record('Ask ada@example.org about it.')
    await refused.getByRole('alert').filter({ hasText: 'e-mail' }).waitFor()
    await page.keyboard.press('Escape')
    await page.reload()
    await openCase(page)
    await (await record(found)).waitFor({ state: 'detached' })
    const card = reviewOn(page)
    await card.getByText(found).waitFor()
    expect(await card.getByRole('listitem').count()).toBe(1)
    expect(await card.innerText()).toMatch(/Finding 1\s+Minor/)
    await card.getByRole('link', { name: 'Finding 1' }).click()
    await page.waitForURL('**/evidence/*')
    await page.getByText('auditor-finding/v1').first().waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('signs off what is closed, with the findings that stand then', async () => {
    await closeCase()
    const { page, close } = await stage.visit('auditor')
    await openCase(page)
    await page.getByRole('button', { name: 'Sign off' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('with 1 finding').waitFor()
    await dialog.getByLabel('Outcome').selectOption('rejected')
    await dialog.getByRole('button', { name: 'Sign off' }).click()
    await dialog.waitFor({ state: 'detached' })
    const card = reviewOn(page)
    await card.getByText('Not accepted').waitFor()
    await card.getByRole('link', { name: /sign-off, entry \d+/ }).click()
    await page.waitForURL('**/evidence/*')
    await close()
  })
})

describe('what auditors put on record', () => {
  it('is shown to the tenant, who can add nothing to it', async () => {
    for (const role of ['tenant_owner', 'privacy_officer', 'data_owner'] as const) {
      const { page, close } = await stage.visit(role)
      await openCase(page)
      const card = reviewOn(page)
      await card.getByText(found).waitFor()
      expect(await card.getByText('Not accepted').count(), role).toBe(1)
      expect(await card.getByRole('button').count(), role).toBe(0)
      await close()
    }
  })

  it('reads well in Japanese, by night and in 360 px, form and all', async () => {
    for (const [locale, colorScheme, name] of [
      ['en-GB', 'light', 'Record a finding'],
      ['ja-JP', 'dark', '所見を記録'],
    ] as const) {
      const options = { locale, colorScheme, viewport: { width: 360, height: 740 } }
      const { page, complaints, close } = await stage.visit('auditor', options)
      await openCase(page)
      await reviewOn(page).getByText(found).waitFor()
      expect(await overflowOf(page)).toBeLessThanOrEqual(0)
      await page.getByRole('button', { name }).click()
      await page.getByRole('dialog').waitFor()
      expect(await seriousFaultsOf(page, wcag22aa)).toEqual([])
      expect(complaints).toEqual([])
      await close()
    }
  })
})
