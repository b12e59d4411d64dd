import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seriousFaultsOf } from '../kit/accessibility.js'
import { type DnsServer, startDnsServer } from '../../apps/gateway/src/testing/dns-server.js'
import { type OidcIssuer, startOidcIssuer } from '../../apps/gateway/src/testing/oidc-issuer.js'
import { readOutbox } from '../../apps/gateway/src/testing/outbox.js'
import { type BarePortal, openBarePortal, openPage, overflowOf, type Visit } from './portal-stage.js'

let stage: BarePortal
let owner: Visit
let dns: DnsServer
let provider: OidcIssuer

beforeAll(async () => {
  dns = await startDnsServer()
  process.env['DNS_SERVERS'] = dns.address
  process.env['SSO_ALLOW_LOOPBACK'] = 'true'
  process.env['SIGN_UP'] = 'open'
  stage = await openBarePortal()
  provider = await startOidcIssuer(`${stage.url}/api/sso/callback`)
  owner = await stage.visit('tenant_owner')
}, 400_000)
afterAll(async () => {
  for (const name of ['DNS_SERVERS', 'SSO_ALLOW_LOOPBACK', 'SIGN_UP']) delete process.env[name]
  await Promise.all([stage?.close(), provider?.stop(), dns?.stop()])
})

const password = 'a long and new password'

/** Address of the link in the newest mail with one to somebody, once there are so many; notices come beside them. */
async function linkFor(email: string, count = 1): Promise<string> {
  const mails = () => readOutbox(stage.outbox).filter(({ to, text }) => to === email && text.includes('#token='))
  await expect.poll(() => mails().length, { timeout: 15_000 }).toBe(count)
  const link = /https?:\/\/\S+#token=\S+/.exec(mails().at(-1)?.text ?? '')?.[0] ?? ''
  expect(link.startsWith(`${stage.url}/`)).toBe(true)
  return link
}

/** As the owner's own page asks. */
const invite = async (email: string, role: string, locale = 'en') => {
  const answer = await owner.page.evaluate(
    async ([query, input]) =>
      (
        await fetch('/api/graphql', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables: { input } }),
        })
      ).text(),
    [
      `mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { __typename ... on UserError { code } } }`,
      { idempotencyKey: `${email}-${role}`, email, role, locale },
    ] as const,
  )
  expect(answer).toContain('"__typename":"Invitation"')
}

const signInBy = async (page: Page, email: string, secret: string) => {
  await page.goto('/sign-in')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(secret)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
}
const isIn = async (page: Page, role: string) => {
  await page.goto('/settings')
  await page.getByTestId('answer').filter({ hasText: role }).waitFor()
}

describe('an invitation', () => {
  it('leads from the mail to the role that it names, and its link works once and leaves no trace', async () => {
    await invite('nora@new.example', 'privacy_officer')
    const link = await linkFor('nora@new.example')
    const { page, strangers, complaints, close } = await stage.visit()
    await page.goto(link)
    await page.getByTestId('answer').filter({ hasText: 'invites you as Privacy officer' }).waitFor()
    expect(page.url()).toBe(`${stage.url}/invitation`)
    await page.getByLabel('Your name').fill('Nora')
    await page.getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Accept the invitation' }).click()
    await page.waitForURL(`${stage.url}/`)
    await isIn(page, 'You are Nora, Privacy officer.')
    await page.goto(link)
    await page.getByRole('alert').filter({ hasText: 'was used' }).waitFor()
    expect([strangers, complaints.filter((text) => !text.includes('422'))]).toEqual([[], []])
    await close()
  })

  it('of a data owner without a key leads to a page that says why they find nothing, and who can help', async () => {
    await invite('dora@new.example', 'data_owner')
    const link = await linkFor('dora@new.example')
    const { page, complaints, close } = await stage.visit()
    await page.goto(link)
    await page.getByLabel('Your name').fill('Dora')
    await page.getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Accept the invitation' }).click()
    await page.waitForURL(`${stage.url}/`)
    await page.goto('/requests/new')
    await page.getByText('Ask an owner of the tenant to remove you as a member').waitFor()
    expect(await page.getByRole('button', { name: 'Find' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  it('says in Japanese what it is about, in the mail and on the page', async () => {
    await invite('yuki@new.example', 'auditor', 'ja')
    const link = await linkFor('yuki@new.example')
    const { page, close } = await stage.visit(undefined, { locale: 'ja-JP' })
    await page.goto(link)
    await page.getByTestId('answer').filter({ hasText: '監査人として招待されています' }).waitFor()
    await page.getByRole('button', { name: '招待を承諾する' }).waitFor()
    await close()
  })
})

describe('a forgotten password', () => {
  it('is set anew by the link in the mail, and signs out whoever was in by the old one', async () => {
    const email = 'nora@new.example'
    const before = await stage.visit()
    await signInBy(before.page, email, password)
    await before.page.waitForURL(`${stage.url}/`)
    const { page, close } = await stage.visit()
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Forgot your password?' }).click()
    for (const address of ['nobody@new.example', email]) {
      await page.goto('/forgot-password')
      await page.getByLabel('Email').fill(address)
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByRole('status').filter({ hasText: 'If this address has an account' }).waitFor()
    }
    expect(readOutbox(stage.outbox).filter(({ to }) => to === 'nobody@new.example')).toEqual([])
    await page.goto(await linkFor(email, 2))
    await page.getByLabel('New password').fill('yet another password')
    await page.getByRole('button', { name: 'Set the password' }).click()
    await page.getByRole('status').filter({ hasText: 'Your new password holds' }).waitFor()
    await signInBy(page, email, password)
    await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor()
    await signInBy(page, email, 'yet another password')
    await page.waitForURL(`${stage.url}/`)
    // A token that was given out before lives for minutes; a session does not.
    await before.page.context().clearCookies({ name: 'lethe_token' })
    await before.page.goto('/settings')
    await before.page.waitForURL('**/sign-in?ended=1')
    await Promise.all([before.close(), close()])
  })
})

describe('an organisation', () => {
  it('is founded by who confirmed their address, who can change between it and another one', async () => {
    const email = 'frida@new.example'
    const { page, close } = await stage.visit()
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Set up an organisation' }).click()
    await page.waitForURL('**/sign-up')
    await page.getByLabel('Email').fill(email)
    await page.getByRole('button', { name: 'Send the link' }).click()
    await page.goto(await linkFor(email))
    await page.getByLabel('Name of the organisation').fill('Frida Works')
    expect(await page.getByLabel('Short name').inputValue()).toBe('frida-works')
    await page.getByLabel('Your name').fill('Frida')
    await page.getByLabel('New password').fill(password)
    await page.getByRole('button', { name: 'Set up the organisation' }).click()
    await page.waitForURL(`${stage.url}/`)
    await isIn(page, 'You are Frida, Tenant owner.')
    await invite(email, 'engineer')
    await page.goto(await linkFor(email, 2))
    await page.getByText('It joins the organisation').waitFor()
    await page.getByRole('button', { name: 'Accept the invitation' }).click()
    await page.getByRole('status').waitFor()
    await page.goto('/settings')
    await page.getByRole('combobox', { name: 'Organisation' }).selectOption({ label: 'Digit Works · Engineer' })
    await page.waitForURL(`${stage.url}/`)
    await isIn(page, 'You are Frida, Engineer.')
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.waitForURL('**/sign-in')
    await close()
  })
})

describe('single sign-on', () => {
  it('is registered, proven and used by people of the domain, at a real provider', async () => {
    const { page } = owner
    await page.goto('/settings/single-sign-on')
    await page.getByTestId('answer').filter({ hasText: 'Everybody signs in by password.' }).waitFor()
    await page.getByLabel('Domain').fill('works.example')
    await page.getByLabel('Issuer').fill('http://10.0.0.1')
    await page.getByLabel('Client ID').fill(provider.clientId)
    await page.getByLabel('Client secret').fill(provider.clientSecret)
    await page.getByLabel('Who was never invited').selectOption('engineer')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('alert').filter({ hasText: 'https address' }).waitFor()
    await page.getByLabel('Issuer').fill(provider.issuer)
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('heading', { name: 'works.example' }).waitFor()
    await page.getByRole('button', { name: 'Check the DNS record' }).click()
    await page.getByRole('alert').filter({ hasText: 'DNS does not have the record yet' }).waitFor()
    const proof = (await page.getByText(/^lethe-domain=/).textContent()) ?? ''
    dns.records.set('_lethe-sign-in.works.example', proof)
    await page.getByRole('button', { name: 'Check the DNS record' }).click()
    await page.getByText('Domain proven').waitFor()

    provider.person = { sub: 's1', email: 'sven@works.example', email_verified: true, name: 'Sven' }
    const visitor = await stage.visit()
    await visitor.page.goto('/runs')
    await visitor.page.getByLabel('Email').fill('sven@works.example')
    await visitor.page.getByRole('button', { name: 'Sign in through your organisation' }).click()
    await visitor.page.waitForURL(`${stage.url}/runs`)
    await isIn(visitor.page, 'You are Sven, Engineer.')
    await visitor.close()
  })

  it('of a person for whom the provider does not vouch ends at the sign-in page, in words', async () => {
    provider.person = { sub: 's2', email: 'sven@elsewhere.example', email_verified: true }
    const { page, close } = await stage.visit()
    await page.goto('/sign-in')
    await page.getByLabel('Email').fill('nobody@unknown.example')
    await page.getByRole('button', { name: 'Sign in through your organisation' }).click()
    await page.getByRole('alert').filter({ hasText: 'No organisation signs in' }).waitFor()
    await page.getByLabel('Email').fill('x@works.example')
    await page.getByRole('button', { name: 'Sign in through your organisation' }).click()
    await page.getByRole('alert').filter({ hasText: 'did not sign you in' }).waitFor()
    // Somebody else's link back is worth nothing in this browser.
    await page.goto('/api/sso/callback?code=x&state=y')
    await page.waitForURL('**/sign-in?sso=refused')
    await close()
  })
})

describe('every page before and around sign-in', () => {
  const pages = ['/sign-in', '/sign-up', '/forgot-password', '/reset-password', '/invitation']

  it.each([
    ['on a desktop, light', { width: 1280, height: 900 }, 'light'],
    ['at 360 px, dark', { width: 360, height: 740 }, 'dark'],
  ] as const)('has no serious fault of access %s, in English and Japanese', async (name, viewport, colorScheme) => {
    for (const locale of ['en-GB', 'ja-JP']) {
      const outside = await stage.visit(undefined, { viewport, colorScheme, locale })
      const inside = await stage.visit('tenant_owner', { viewport, colorScheme, locale })
      const visits = [
        ...pages.map((path) => [outside.page, path] as const),
        [inside.page, '/settings/single-sign-on'] as const,
      ]
      for (const [page, path] of visits) {
        await openPage(page, path)
        expect([path, await seriousFaultsOf(page)]).toEqual([path, []])
        expect([path, await overflowOf(page)]).toEqual([path, 0])
        const folder = process.env['SCREENSHOTS']
        if (folder)
          await page.screenshot({ path: `${folder}${path.replaceAll('/', '-')}-${name}-${locale}.png`, fullPage: true })
      }
      await Promise.all([outside.close(), inside.close()])
    }
  })
})
