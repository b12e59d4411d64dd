import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { seriousFaultsOf, wcag22aa } from '../kit/accessibility.js'
import { openPage, overflowOf, type PortalStage, portalStage, type Visit } from './portal-stage.js'

let stage: PortalStage
let officer: Visit
let requestPath: string

beforeAll(async () => {
  stage = await portalStage()
  officer = await stage.visit('privacy_officer', { acceptDownloads: true })
  requestPath = await raise(officer.page, 'bob')
})

/** Raises a request as a person would, and gives its address. */
async function raise(page: Page, subjectKey: string): Promise<string> {
  await openPage(page, '/requests/new')
  await page.getByLabel('Subject key').fill(subjectKey)
  await page.getByRole('button', { name: 'Find' }).click()
  await page.getByTestId('preview').waitFor()
  await page.getByRole('button', { name: 'Raise request' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Raise request' }).click()
  await page.waitForURL((url) => /^\/requests\/(?!new)/.test(url.pathname))
  return new URL(page.url()).pathname
}

const clockOn = (page: Page) => page.getByRole('region', { name: /^(Clock|時計)$/ })

/** Answers the question behind a button of the clock. */
async function move(page: Page, name: string, reason?: string): Promise<void> {
  await clockOn(page).getByRole('button', { name, exact: true }).click()
  const dialog = page.getByRole('dialog')
  if (reason !== undefined) await dialog.getByLabel(/^Reason/).fill(reason)
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

describe('a clock', () => {
  it('is paused, resumed, extended and moved to another rule, and its sum tells all of it', async () => {
    const { page } = officer
    await openPage(page, requestPath)
    const clock = clockOn(page)
    await move(page, 'Pause', 'The signature differs.')
    await clock.getByText('Paused', { exact: true }).first().waitFor()
    await clock.getByText(/Stood still from .* to now/).waitFor()
    await move(page, 'Resume', 'Passport shown.')
    await clock.getByText(/Resumed: Passport shown\./).waitFor()
    await move(page, 'Extend', 'Many models.')
    await clock.getByText(/2 months more, told inside the first period\. Reason: Many models\./).waitFor()
    expect(await clock.getByRole('button', { name: 'Extend', exact: true }).count()).toBe(0)
    await clock.getByRole('button', { name: 'Change rule', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Rule').selectOption('ccpa-7021')
    await dialog.getByLabel('Reason').fill('The person lives in California.')
    await dialog.getByRole('button', { name: 'Change rule' }).click()
    await dialog.waitFor({ state: 'detached' })
    await clock.getByText(/this rule does not let a clock pause, so it adds nothing/).waitFor()
    await move(page, 'Confirm receipt')
    await clock.getByText('Confirmation of receipt').waitFor()
    await clock.getByText('Met', { exact: true }).waitFor()
  }, 120_000)

  it('is explained in Japanese without a word of English', async () => {
    const { page, close } = await stage.visit('privacy_officer', { locale: 'ja-JP' })
    await openPage(page, requestPath)
    const sum = await clockOn(page).getByRole('list').first().textContent()
    expect(sum).toContain('受付の日は数えません')
    expect(sum?.replace(/Many models\.|CCPA|gdpr-12-3/g, '')).not.toMatch(/[a-z]{3,}/i)
    await close()
  }, 60_000)

  it('cannot be moved by who may only read it', async () => {
    const { page, close } = await stage.visit('engineer')
    await openPage(page, requestPath)
    await clockOn(page).getByText('Many models.').first().waitFor()
    expect(
      await clockOn(page)
        .getByRole('button', { name: /Pause|Extend|Change rule/ })
        .count(),
    ).toBe(0)
    await close()
  }, 60_000)
})

describe('the board', () => {
  it('finds clocks by rule, shows them on their days, and gives them out as a calendar file', async () => {
    const { page } = officer
    await openPage(page, '/sla')
    await page.getByLabel('Rule', { exact: true }).selectOption('ccpa-7021')
    const rows = page.getByRole('table', { name: 'Clocks by due date' }).getByRole('row')
    await rows.filter({ hasText: 'extended' }).waitFor()
    expect(await rows.count()).toBe(2)
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as calendar file' }).click(),
    ])
    const text = String(await readFile(await file.path()))
    expect(text.match(/BEGIN:VEVENT/g)).toHaveLength(1)
    const due = /DTEND:(\d{4})(\d{2})(\d{2})/.exec(text)
    await page.getByRole('tab', { name: 'Calendar' }).click()
    const entry = page.getByRole('tabpanel').getByRole('link')
    for (let month = 0; month < 4 && (await entry.count()) === 0; month++)
      await page.getByRole('button', { name: 'Next month' }).click()
    await entry.waitFor()
    expect(due).not.toBeNull()
  }, 60_000)
})

describe('rules and calendar', () => {
  it('take over public holidays and terms of a contract for requests to come', async () => {
    const { page } = officer
    await openPage(page, '/sla/rules')
    await page.getByLabel('Rule', { exact: true }).selectOption('contract')
    await page.getByLabel('Answer within').fill('12')
    await page.getByLabel('Public holidays of').selectOption('JP')
    await page.getByRole('button', { name: /^Add \d+ holidays$/ }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByTestId('answer').filter({ hasText: 'counted by Contract' }).waitFor()
    await page
      .getByRole('table', { name: 'Rules' })
      .getByRole('row')
      .filter({ hasText: 'Contract' })
      .filter({ hasText: '12 working days' })
      .waitFor()
    await page.getByLabel('Rule', { exact: true }).selectOption('california-drop')
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await page.getByText('No fetch is on record.').waitFor()
    await page.getByRole('button', { name: 'Record a fetch' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Record a fetch' }).click()
    await page.getByText('due again').waitFor()
    await openPage(page, requestPath)
    await clockOn(page).getByText('Cal. Code Regs.').first().waitFor()
  }, 60_000)
})

it('pages of clocks fit in 360 px and have no serious violation of WCAG 2.2 AA, light and dark', async () => {
  const { page, complaints, close } = await stage.visit('privacy_officer', { viewport: { width: 360, height: 740 } })
  for (const path of [requestPath, '/sla', '/sla/rules'])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await openPage(page, path)
      expect(await overflowOf(page), path).toBeLessThanOrEqual(0)
      expect(await seriousFaultsOf(page, wcag22aa), `${path}, ${colorScheme}`).toEqual([])
    }
  expect([...complaints, ...officer.complaints]).toEqual([])
  await close()
}, 120_000)
