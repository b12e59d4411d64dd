import { randomBytes } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { seriousFaultsOf } from '../kit/accessibility.js'
import { type BarePortal, openBarePortal, openPage, overflowOf, type Visit } from './portal-stage.js'

let stage: BarePortal
let engineer: Visit
let receiver: Server
const received: { headers: IncomingHttpHeaders; body: string }[] = []

beforeAll(async () => {
  process.env['WEBHOOK_TARGETS'] = 'any'
  receiver = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(204).end()
    })
  }).listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  stage = await openBarePortal()
  engineer = await stage.visit('engineer')
}, 400_000)
afterAll(async () => {
  delete process.env['WEBHOOK_TARGETS']
  receiver.close()
  await stage?.close()
})

const answerOn = (page: Page) => page.getByTestId('answer').textContent()
let webhookPath: string

it('a webhook is added, its key is shown once, and a ping reaches it, signed with that key', async () => {
  const { page } = engineer
  await openPage(page, '/settings/webhooks')
  expect(await answerOn(page)).toBe('No system outside is told what happens.')
  await page.getByTestId('empty').waitFor()
  await page.getByRole('button', { name: 'Add a webhook' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Address').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`)
  await dialog.getByLabel('Description').fill('The ticket system')
  await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  const secret = (await dialog.getByTestId('secret').locator('pre').textContent())?.trim() ?? ''
  expect(secret).toMatch(/^whsec_/)
  await dialog.getByRole('button', { name: 'I have kept the key' }).click()
  await page.getByRole('link', { name: /127\.0\.0\.1/ }).click()
  await page.waitForURL(/\/settings\/webhooks\/.+/)
  webhookPath = new URL(page.url()).pathname
  await page.getByTestId('empty').waitFor()
  expect(await page.content()).not.toContain(secret)
  await page.getByRole('button', { name: 'Send a ping' }).click()
  const deliveries = page.getByRole('region', { name: 'Deliveries' })
  await expect.poll(() => received.length, { timeout: 15_000 }).toBe(1)
  const [ping] = received
  expect(new Webhook(secret).verify(ping?.body ?? '', ping?.headers as never)).toMatchObject({ type: 'webhook.ping' })
  // Seen without loading the page again.
  await deliveries.getByRole('listitem').getByText('Delivered').waitFor()
  await deliveries.getByText('1 attempt and message').click()
  await deliveries.getByText('204', { exact: true }).waitFor()
  await deliveries.getByRole('button', { name: 'Send again' }).click()
  await expect.poll(() => received.length, { timeout: 15_000 }).toBe(2)
  expect(received[1]?.headers['webhook-id']).toBe(ping?.headers['webhook-id'])
})

it('a webhook is disabled, enabled and given another key with one question each', async () => {
  const { page } = engineer
  await openPage(page, webhookPath)
  for (const name of ['Disable', 'Enable']) {
    await page.getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page
      .getByText(name === 'Disable' ? 'Disabled' : 'Active', { exact: true })
      .first()
      .waitFor()
  }
  await page.getByRole('button', { name: 'New key' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'New key' }).click()
  expect(await page.getByTestId('secret').locator('pre').textContent()).toMatch(/^whsec_/)
  await page.getByRole('button', { name: 'Close' }).click()
})

it('members choose what they get mail about, and what happens is counted until it is seen', async () => {
  const { page } = engineer
  await openPage(page, '/settings/notifications')
  const choice = page.getByLabel(/^Run failed/)
  expect(await choice.isChecked()).toBe(true)
  await choice.uncheck()
  await expect.poll(async () => (await answerOn(page))?.includes('You get mail about')).toBe(true)
  await openPage(page, '/settings/notifications')
  expect(await page.getByLabel(/^Run failed/).isChecked()).toBe(false)
  await openPage(page, '/notices')
  if (await page.getByRole('button', { name: 'Mark all as seen' }).isVisible())
    await page.getByRole('button', { name: 'Mark all as seen' }).click()
  await page.getByTestId('answer').filter({ hasText: 'You have seen everything' }).waitFor()
})

it('a tar is sent in parts, with its progress, and goes on after the connection broke in the middle', async () => {
  const { page } = engineer
  await openPage(page, '/datasets')
  await page.getByRole('button', { name: 'Upload pictures' }).click()
  const dialog = page.getByRole('dialog')
  const buffer = randomBytes(9 * 2 ** 20)
  await dialog.getByLabel('File').setInputFiles({ name: 'pictures.tar', mimeType: 'application/x-tar', buffer })
  await dialog.getByLabel('Name').fill('sent by hand')
  const parts: string[] = []
  await page.route('**/api/v1/uploads/**', async (route) => {
    const offset = route.request().headers()['upload-offset']
    if (offset !== undefined) parts.push(offset)
    // The second part is lost on its way, once.
    if (offset !== undefined && parts.length === 2) return route.abort('connectionreset')
    return route.continue()
  })
  await dialog.getByRole('button', { name: 'Upload', exact: true }).click()
  await dialog.getByRole('progressbar', { name: 'Upload' }).waitFor()
  await dialog.waitFor({ state: 'detached' })
  await page.unroute('**/api/v1/uploads/**')
  const mebibyte = 2 ** 20
  expect(parts.map(Number)).toEqual([0, 4 * mebibyte, 4 * mebibyte, 8 * mebibyte])
  await page.getByRole('link', { name: 'sent by hand' }).waitFor()
})

it('whoever runs the platform is met by the clocks of all tenants, and bounds storage in the unit that it is shown in', async () => {
  const admin = await stage.visitAsAdmin()
  await admin.page.waitForURL((url) => url.pathname === '/sla')
  await openPage(admin.page, '/tenants')
  const bounds = admin.page.getByRole('button', { name: /^Bounds of / }).first()
  await bounds.click()
  await admin.page.getByRole('dialog').getByLabel('Storage in MiB').fill('50')
  await admin.page.getByRole('dialog').getByRole('button', { name: 'Set bounds' }).click()
  await admin.page.getByText(/of 50(\.0)? MiB$/).waitFor()
  await bounds.click()
  expect(await admin.page.getByLabel('Storage in MiB').inputValue()).toBe('50')
  await admin.page.getByLabel('Storage in MiB').fill('')
  await admin.page.getByRole('dialog').getByRole('button', { name: 'Set bounds' }).click()
  await admin.page.getByRole('dialog').waitFor({ state: 'detached' })
  expect(admin.complaints).toEqual([])
  await admin.close()
})

it('countries stand in the order of their names in the language of who reads, and a calendar that was saved says so', async () => {
  const owner = await stage.visit('tenant_owner')
  await openPage(owner.page, '/sla/rules')
  const options = owner.page.getByLabel('Public holidays of').locator('option')
  await expect.poll(() => options.count()).toBeGreaterThan(100)
  const names = (await options.allTextContents()).slice(1)
  expect(names).toEqual([...names].sort(new Intl.Collator('en').compare))
  expect(names).toContain('Italy')
  await owner.page.getByLabel('Public holidays of').selectOption({ label: 'Germany' })
  await owner.page.getByRole('button', { name: /^Add \d+ holidays$/ }).click()
  await owner.page.getByRole('button', { name: 'Save', exact: true }).click()
  await owner.page.getByTestId('answer').filter({ hasNotText: 'no holidays' }).waitFor()
  await owner.page.getByRole('status').filter({ hasText: 'Saved; requests from now on count by this.' }).waitFor()
  await owner.close()
})

it('whoever may not see webhooks is not shown the way to them', async () => {
  const officer = await stage.visit('privacy_officer')
  await openPage(officer.page, '/settings')
  expect(await officer.page.getByRole('link', { name: 'Webhooks' }).count()).toBe(0)
  await officer.page.getByRole('link', { name: 'Mail to me' }).waitFor()
  await officer.close()
})

it.each([
  ['desktop', { width: 1280, height: 900 }, 'light', 'en-GB'],
  ['360 pixels, dark, Japanese', { width: 360, height: 780 }, 'dark', 'ja-JP'],
] as const)('the pages stand on %s without serious faults', async (name, viewport, colorScheme, locale) => {
  const { page, complaints, strangers, close } = await stage.visit('engineer', { viewport, colorScheme, locale })
  for (const path of ['/settings', '/settings/webhooks', webhookPath, '/settings/notifications', '/notices']) {
    await openPage(page, path)
    expect(await overflowOf(page), path).toBeLessThanOrEqual(0)
    expect(await seriousFaultsOf(page)).toEqual([])
    if (process.env['SCREENSHOTS'])
      await page.screenshot({
        path: `${process.env['SCREENSHOTS']}/${viewport.width}${path.replace(webhookPath, '/webhook').replaceAll('/', '-')}.png`,
        fullPage: true,
      })
  }
  expect([name, complaints, strangers]).toEqual([name, [], []])
  await close()
})
