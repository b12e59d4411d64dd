import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seriousFaultsOf } from '../kit/accessibility.js'
import { type BarePortal, barePortal, overflowOf, type Visit } from './portal-stage.js'

let stage: BarePortal
let engineer: Visit
beforeAll(async () => {
  stage = await barePortal()
  engineer = await stage.visit('engineer')
})
afterAll(() => engineer.close())

const open = async (page: Page, tab?: string): Promise<void> => {
  await page.goto('/reference')
  await page.getByTestId('answer').waitFor()
  if (tab !== undefined) await page.getByRole('tab', { name: tab }).click()
}

const openOperation = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('searchbox').fill(name)
  await page.getByTestId(`operation-${name}`).locator('summary').click()
}

describe('the API page', () => {
  it('says who may ask for an operation and what it costs, and runs a query in the viewer’s tenant', async () => {
    const { page } = engineer
    await open(page)
    await openOperation(page, 'datasets')
    const operation = page.getByTestId('operation-datasets')
    await expect.poll(() => operation.textContent()).toMatch(/Who may.*Engineer.*You may\..*Cost.*10 fields/s)
    await operation.getByRole('button', { name: 'Run' }).click()
    await expect.poll(() => operation.getByRole('status').textContent()).toMatch(/of at most 15,000.*"totalCount"/s)
  })

  it('shows a refusal as it is, and takes no variables that are not JSON', async () => {
    const { page } = engineer
    await open(page)
    await openOperation(page, 'erasureOpening')
    const operation = page.getByTestId('operation-erasureOpening')
    await expect.poll(() => operation.textContent()).toContain('You may not.')
    await operation.getByRole('button', { name: 'Run' }).click()
    await expect.poll(() => operation.getByRole('status').textContent()).toContain('FORBIDDEN')
    await operation.getByLabel('Variables').fill('{')
    await operation.getByText('This is not a JSON object.').waitFor()
    expect(await operation.getByRole('button', { name: 'Run' }).isDisabled()).toBe(true)
  })

  it('finds types, errors and trusted documents by their words', async () => {
    const { page } = engineer
    await open(page, 'Types')
    await page.getByRole('searchbox').fill('evidence bundle state')
    await page.getByText('EvidenceBundleState', { exact: true }).first().waitFor()
    await page.getByRole('tab', { name: 'Errors' }).click()
    await page.getByRole('searchbox').fill('rate_limited')
    await page.getByText('try again in').waitFor()
    await page.getByRole('tab', { name: 'Trusted documents' }).click()
    await page.getByRole('searchbox').fill('TenantChanged')
    await page.getByText('of the client package').first().waitFor()
  })

  it.each([
    ['light', 'en-GB', 1280],
    ['dark', 'ja-JP', 360],
  ] as const)(
    'has no serious fault for assistive technology, %s, %s, at %i px, and is no wider than the window',
    async (colorScheme, locale, width) => {
      const visit = await stage.visit('engineer', { colorScheme, locale, viewport: { width, height: 800 } })
      const { page } = visit
      await open(page)
      for (const index of [0, 1, 2, 3, 4]) {
        await page.getByRole('tab').nth(index).click()
        if (index === 0) await openOperation(page, 'erasureRequests')
        expect([index, await seriousFaultsOf(page)]).toEqual([index, []])
        expect([index, await overflowOf(page)]).toEqual([index, 0])
      }
      expect(visit.strangers).toEqual([])
      await visit.close()
    },
    300_000,
  )
})
