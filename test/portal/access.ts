import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { seriousFaultsOf } from '../kit/accessibility.js'
import { type BarePortal, barePortal, overflowOf } from './portal-stage.js'

let stage: BarePortal
beforeAll(async () => {
  stage = await barePortal()
})

const open = async (page: Page, where: string) => {
  await page.goto(where)
  await page
    .getByTestId('answer')
    .filter({ hasNotText: /Reading|読み込/ })
    .waitFor()
  await page.locator('.animate-pulse').first().waitFor({ state: 'detached' })
}
const dialog = (page: Page) => page.getByRole('dialog')
const confirm = async (page: Page, name: string) => {
  await dialog(page).getByRole('button', { name, exact: true }).click()
  await dialog(page).waitFor({ state: 'detached' })
}

describe('members', () => {
  it('are invited by mail, get another role, leave, and all of it is on record', async () => {
    const { page, close } = await stage.visit('tenant_owner')
    await open(page, '/settings')
    await page.getByRole('link', { name: 'Members' }).click()
    await page.getByTestId('answer').filter({ hasText: '5 people belong to this tenant.' }).waitFor()
    await page.getByRole('button', { name: 'Invite', exact: true }).click()
    await dialog(page).getByLabel('E-mail').or(dialog(page).getByLabel('Email')).fill('new@person.example')
    await dialog(page).getByLabel('Role').selectOption('privacy_officer')
    await confirm(page, 'Send invitation')
    const invitations = page.getByRole('region', { name: 'Invitations' })
    await invitations.getByText('new@person.example').waitFor()
    const mails = readdirSync(stage.outbox).map((file) => readFileSync(path.join(stage.outbox, file), 'utf8'))
    expect(mails.filter((mail) => mail.includes('new@person.example'))).toHaveLength(1)
    await invitations.getByRole('button', { name: 'Withdraw the invitation of new@person.example' }).click()
    await confirm(page, 'Withdraw')
    await invitations.getByText('withdrawn').waitFor()

    const engineer = 'Tomasz Zieliński'
    await page.getByRole('button', { name: `Change the role of ${engineer}` }).click()
    await dialog(page).getByLabel('Role').selectOption('privacy_officer')
    await confirm(page, 'Change role')
    const history = page.getByRole('region', { name: 'Who had which role when' })
    await history.getByText(`${engineer} became`).waitFor()
    expect(await history.getByRole('link', { name: /^Entry \d+$/ }).count()).toBeGreaterThan(0)
    await page.getByRole('button', { name: `Remove ${engineer}` }).click()
    await confirm(page, 'Remove')
    await page.getByTestId('answer').filter({ hasText: '4 people belong' }).waitFor()
    await history.getByText(`${engineer} left by Mara Lindholm`).waitFor()
    // The button went with its row.
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('content')
    await close()
  })

  it('keep their last owner, and the page says why', async () => {
    const { page, close } = await stage.visit('tenant_owner')
    await open(page, '/settings/members')
    await page.getByRole('button', { name: 'Remove Mara Lindholm' }).click()
    await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click()
    await dialog(page).getByRole('alert').filter({ hasText: 'only owner' }).waitFor()
    await close()
  })

  it('are shown to a privacy officer without the means to change them, and to a data owner not at all', async () => {
    const officer = await stage.visit('privacy_officer')
    await open(officer.page, '/settings/members')
    expect(await officer.page.getByRole('button', { name: /Remove|Invite/ }).count()).toBe(0)
    await officer.close()
    const owner = await stage.visit('data_owner')
    await open(owner.page, '/settings')
    expect(await owner.page.getByRole('link', { name: 'Members' }).count()).toBe(0)
    await owner.close()
  })
})

describe('keys', () => {
  it('are shown once when they are made, and revoked by one question', async () => {
    const { page, close } = await stage.visit('tenant_owner')
    await open(page, '/settings/keys')
    await page.getByTestId('empty').waitFor()
    await page.getByRole('button', { name: 'New key' }).click()
    await dialog(page).getByLabel('What it is for').fill('nightly import')
    await dialog(page).getByRole('button', { name: 'New key' }).click()
    const secret = await dialog(page).getByTestId('secret').locator('pre').textContent()
    expect(secret).toMatch(/^lethe_[\w-]{43}$/)
    await dialog(page).getByRole('button', { name: 'I have kept it' }).click()
    await page.getByTestId('answer').filter({ hasText: '1 key is in use.' }).waitFor()
    expect(await page.content()).not.toContain(secret)
    await page.getByRole('button', { name: 'Revoke the key nightly import' }).click()
    await confirm(page, 'Revoke')
    await page.getByText('revoked').waitFor()
    await close()
  })
})

describe('an external auditor', () => {
  it('without a case is told so first, and finds nothing of the tenant', async () => {
    const { page, complaints, close } = await stage.visit('auditor')
    await page.getByText('No case is open to you at present.').waitFor()
    await open(page, '/settings/auditors')
    await page.getByTestId('empty').waitFor()
    expect(await page.getByRole('button', { name: 'Open cases' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })
})

describe('the platform', () => {
  it('bounds, suspends and resumes a tenant, whose people read why', async () => {
    const admin = await stage.visitAsAdmin()
    await open(admin.page, '/tenants')
    await admin.page
      .getByTestId('answer')
      .filter({ hasText: /^2 tenants/ })
      .waitFor()
    const name = 'Digit Works'
    await admin.page.getByRole('button', { name: `Bounds of ${name}` }).click()
    await dialog(admin.page).getByLabel('Members').fill('9')
    await confirm(admin.page, 'Set bounds')
    await admin.page.getByText('4 of 9').waitFor()
    await admin.page.getByRole('button', { name: `Suspend ${name}` }).click()
    await dialog(admin.page).getByLabel('Reason').fill('The contract has ended.')
    await confirm(admin.page, 'Suspend')
    const owner = await stage.visit('tenant_owner')
    await owner.page.getByText('The contract has ended.').waitFor()
    await open(owner.page, '/settings/members')
    await owner.page.getByRole('button', { name: 'Remove Ines Carvalho' }).click()
    await dialog(owner.page).getByRole('button', { name: 'Remove', exact: true }).click()
    await dialog(owner.page).getByRole('alert').filter({ hasText: 'suspended' }).waitFor()
    await admin.page.getByRole('button', { name: `Resume ${name}` }).click()
    await confirm(admin.page, 'Resume')
    await owner.close()
    await admin.close()
  })

  it('makes a tenant whose owner is invited', async () => {
    const { page, close } = await stage.visitAsAdmin()
    await open(page, '/tenants')
    await page.getByRole('button', { name: 'New tenant' }).click()
    await dialog(page).getByLabel('Name', { exact: true }).fill('Fresh Start')
    await dialog(page).getByLabel('Short name').fill('fresh-start')
    await dialog(page).getByLabel('The owner’s e-mail').fill('owner@fresh.example')
    await confirm(page, 'New tenant')
    await page.getByRole('region', { name: /Fresh Start/ }).waitFor()
    const mails = readdirSync(stage.outbox).map((file) => readFileSync(path.join(stage.outbox, file), 'utf8'))
    expect(mails.some((mail) => mail.includes('owner@fresh.example'))).toBe(true)
    await close()
  })
})

describe.each([
  ['English, light, wide', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' as const }, 'en'],
  ['Japanese, dark, 360 px', { viewport: { width: 360, height: 740 }, colorScheme: 'dark' as const }, 'ja'],
])('in %s', (_name, options, language) => {
  it('every page fits, is accessible, asks no stranger and complains of nothing', async () => {
    const cookie = { name: 'lethe_locale', value: language, url: stage.url }
    for (const [visit, paths] of [
      [
        () => stage.visit('tenant_owner', options),
        ['/settings/members', '/settings/keys', '/settings/auditors', '/settings/costs', '/settings/notifications'],
      ],
      [() => stage.visitAsAdmin(options), ['/tenants']],
    ] as const) {
      const { page, strangers, complaints, close } = await visit()
      await page.context().addCookies([cookie])
      for (const where of paths) {
        await open(page, where)
        expect([where, await seriousFaultsOf(page), await overflowOf(page)]).toEqual([where, [], 0])
      }
      expect([strangers, complaints]).toEqual([[], []])
      await close()
    }
  })
})
