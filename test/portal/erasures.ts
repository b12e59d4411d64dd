import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { faultsOf, seriousFaultsOf, wcag22aa } from '../kit/accessibility.js'
import { readOutbox } from '../../apps/gateway/src/testing/outbox.js'
import { filesOf } from '../kit/bundle/read-archive.js'
import { digitScenario } from '../kit/digit-scenario.js'
import { openPage, overflowOf, type PortalStage, portalStage, type Visit } from './portal-stage.js'

let stage: PortalStage
let officer: Visit
let pictures: Buffer[]

beforeAll(async () => {
  stage = await portalStage()
  officer = await stage.visit('privacy_officer')
  pictures = await picturesOf('bob', 3)
})

/** Files of an owner, as they were uploaded. */
async function picturesOf(owner: string, count: number): Promise<Buffer[]> {
  const files = await filesOf(await digitScenario().dataset.build())
  const named = [...files].filter(([name]) => name.endsWith('.json'))
  const theirs = named.filter(
    ([, bytes]) => (JSON.parse(Buffer.from(bytes).toString()) as { owner: string }).owner === owner,
  )
  return theirs.slice(0, count).map(([name]) => Buffer.from(files.get(name.replace(/json$/, 'png')) ?? []))
}

/** A sample of an owner as other bytes: eight times the size, encoded anew by the browser. */
async function reencodedSampleOf(page: Page, owner: string): Promise<Buffer> {
  await openPage(page, '/datasets')
  await page.getByRole('link', { name: 'Digits' }).first().click()
  const sample = page.getByRole('listitem').filter({ hasText: owner }).locator('img').nth(5)
  const address = (await sample.getAttribute('src')) ?? ''
  const url = await page.evaluate(`(async () => {
    const bitmap = await createImageBitmap(await (await fetch('${address}')).blob())
    const canvas = document.createElement('canvas')
    canvas.width = bitmap.width * 8
    canvas.height = bitmap.height * 8
    const context = canvas.getContext('2d')
    context.imageSmoothingEnabled = false
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
    return canvas.toDataURL('image/jpeg', 0.9)
  })()`)
  return Buffer.from(String(url).split(',')[1] ?? '', 'base64')
}

const raise = async (page: Page): Promise<string> => {
  await page.getByTestId('preview').waitFor()
  await page.getByRole('button', { name: 'Raise request' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Raise request' }).click()
  await page.waitForURL((url) => /^\/requests\/(?!new)/.test(url.pathname))
  await page.getByTestId('timeline').waitFor()
  return new URL(page.url()).pathname
}

/** Answers the question behind a button. */
async function act(page: Page, name: string, answer: (dialog: ReturnType<Page['getByRole']>) => Promise<void>) {
  await page.getByRole('button', { name, exact: true }).click()
  const dialog = page.getByRole('dialog')
  await answer(dialog)
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
}

const noAnswer = () => Promise.resolve()

/** The same for every version that is asked about. */
async function chooseIn(dialog: ReturnType<Page['getByRole']>, what: string): Promise<void> {
  await dialog.getByRole('combobox').first().waitFor()
  for (const choice of await dialog.getByRole('combobox').all()) await choice.selectOption(what)
}

let byFiles: string
let byList: string

describe('a new request', () => {
  it('is found by files that stay in the browser; what looks alike is proposed, never taken in by itself', async () => {
    const { page } = officer
    const sent: string[] = []
    page.on('request', (request) => sent.push(request.postData() ?? ''))
    const copy = await reencodedSampleOf(page, 'bob')
    await openPage(page, '/requests/new')
    await page.getByLabel('Find by').selectOption('files')
    const [first] = pictures as [Buffer]
    await page.getByLabel('Pictures').setInputFiles([
      { name: 'private-name.png', mimeType: 'image/png', buffer: first },
      { name: 'copy.jpg', mimeType: 'image/jpeg', buffer: copy },
    ])
    await page.getByTestId('file-search').filter({ hasText: '1 of 2 files' }).waitFor()
    await page.getByRole('button', { name: 'Go on with 1 picture' }).waitFor()
    await page.getByRole('checkbox').first().check()
    await page.getByRole('button', { name: 'Go on with 2 pictures' }).click()
    byFiles = await raise(page)
    expect(sent.filter((body) => body.includes('private-name'))).toEqual([])
  }, 60_000)

  it('comes in by a list that is checked first and says of each row what is wrong', async () => {
    const { page } = officer
    await openPage(page, '/requests/new')
    await page.getByLabel('Or its text').fill('subject_key,ground\nbob,GDPR Art. 17\nnobody,GDPR Art. 17')
    const take = page.getByRole('button', { name: /^Take in/ })
    expect(await take.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Check', exact: true }).click()
    const outcome = page.getByTestId('import')
    await outcome.filter({ hasText: '1 would be taken in, 0 known already, 1 refused.' }).waitFor()
    expect(await outcome.getByRole('row').nth(2).textContent()).toMatch(/^3Refused.*subject_key/)
    await page.getByRole('button', { name: 'Take in 1 request' }).click()
    await outcome.filter({ hasText: '1 taken in, 0 known already, 1 refused.' }).waitFor()
    byList = (await outcome.getByRole('link').getAttribute('href')) ?? ''
  }, 60_000)
})

describe('a request', () => {
  it('shows what asks for the same', async () => {
    const { page } = officer
    await openPage(page, byList)
    await page.getByTestId('related').filter({ hasText: '2 pictures in common' }).waitFor()
  })

  it('has its identity looked into, in doubt with the clock at rest, and tells who did it', async () => {
    const { page } = officer
    await act(page, 'Check identity', async (dialog) => {
      await dialog.getByLabel(/Why identity/).fill('Unknown address.')
      await dialog.getByRole('checkbox').check()
    })
    await page.getByText('Identity pending', { exact: true }).first().waitFor()
    await page.getByText('Paused', { exact: true }).first().waitFor()
    await act(page, 'Confirm identity', noAnswer)
    await page.getByText('Verified', { exact: true }).first().waitFor()
    const timeline = page.getByTestId('timeline')
    await timeline.filter({ hasText: 'Unknown address.' }).waitFor()
    await timeline.filter({ hasText: 'Ines Carvalho' }).waitFor()
  }, 60_000)

  it('is planned to destroy a version where that is chosen, and no two cards have one title', async () => {
    const { page } = officer
    await act(page, 'Make the plan', (dialog) => chooseIn(dialog, 'DESTROY'))
    await page.getByTestId('plan').filter({ hasText: 'Destroy' }).waitFor()
    const titles = await page.getByRole('heading', { level: 2 }).allTextContents()
    expect(titles).toEqual(expect.arrayContaining(['Plan', 'Coverage of everything derived']))
    expect(new Set(titles).size).toBe(titles.length)
  }, 60_000)

  it('tells what each method takes, and is planned with the one that is chosen', async () => {
    const { page } = officer
    await openPage(page, byFiles)
    await act(page, 'Confirm identity', noAnswer)
    const options = page.getByTestId('plan-options')
    await options.getByRole('row').filter({ hasText: 'Fine-tuning' }).first().waitFor()
    expect((await options.getByRole('row').count()) % 8).toBe(0)
    await act(page, 'Make the plan', (dialog) =>
      dialog
        .getByRole('combobox')
        .selectOption('fine-tune')
        .then(() => undefined),
    )
    await page.getByTestId('plan').filter({ hasText: 'Fine-tuning' }).waitFor()
  }, 60_000)

  it('shares a run with another that is planned alike', async () => {
    const { page } = officer
    await openPage(page, '/requests/new')
    await page.getByLabel('Find by').selectOption('files')
    await page
      .getByLabel('Pictures')
      .setInputFiles([{ name: 'c.png', mimeType: 'image/png', buffer: pictures[2] as Buffer }])
    await page.getByRole('button', { name: 'Go on with 1 picture' }).click()
    await raise(page)
    await act(page, 'Confirm identity', noAnswer)
    await act(page, 'Make the plan', (dialog) =>
      dialog
        .getByRole('combobox')
        .selectOption('fine-tune')
        .then(() => undefined),
    )
    await act(page, 'Share a run', (dialog) => dialog.getByRole('checkbox').first().check())
    await page.getByTestId('related').filter({ hasText: 'Unlearned in one run with 2 requests' }).waitFor()
    await page.getByRole('button', { name: 'Leave the batch' }).waitFor()
  }, 60_000)
})

describe('these pages', () => {
  it('have no serious violation of WCAG 2.2 AA, light and dark, and fit in 360 px in both languages', async () => {
    for (const [scheme, locale] of [
      ['light', 'en-GB'],
      ['dark', 'ja-JP'],
    ] as const) {
      const narrow = { viewport: { width: 360, height: 740 }, colorScheme: scheme, locale }
      const { page, complaints, close } = await stage.visit('privacy_officer', narrow)
      for (const path of ['/requests/new', byFiles, byList]) {
        await openPage(page, path)
        expect(await seriousFaultsOf(page, wcag22aa), `${path}, ${scheme}`).toEqual([])
        expect(await overflowOf(page), `${path}, ${locale}`).toBeLessThanOrEqual(0)
      }
      expect(complaints).toEqual([])
      await close()
    }
  }, 180_000)
})

describe('a request that is about somebody without an account', () => {
  const SEND = 'Mail a link'

  it('is confirmed by them behind a mailed link, by a button and not by opening it, in their language', async () => {
    const { page } = officer
    const raised = await page.evaluate(
      async (body) =>
        (await (
          await fetch('/api/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
        ).json()) as { data: { requestErasure: { id?: string } } },
      JSON.stringify({
        query: `mutation ($input: RequestErasureInput!) { requestErasure(input: $input) { ... on ErasureRequest { id } } }`,
        variables: { input: { idempotencyKey: 'by-mail', ground: 'GDPR Art. 17', selection: { subjectKey: 'bob' } } },
      }),
    )
    const id = raised.data.requestErasure.id
    expect(id, JSON.stringify(raised)).toBeDefined()
    await page.goto(`/requests/${id ?? ''}`)
    await page.getByRole('button', { name: SEND }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Address of the person').fill('yuki@person.example')
    await dialog.getByLabel('Language of the mail').selectOption('ja')
    await dialog.getByRole('button', { name: SEND }).click()
    await dialog.waitFor({ state: 'detached' })
    const shown = page.getByTestId('identity-challenge')
    await shown.filter({ hasText: 'nobody has answered yet' }).waitFor()

    const mails = () => readOutbox(stage.outbox).filter(({ to }) => to === 'yuki@person.example')
    await expect.poll(() => mails().length, { timeout: 15_000 }).toBe(1)
    const link = /https?:\/\/\S+#token=\S+/.exec(mails()[0]?.text ?? '')?.[0] ?? ''
    expect(link.startsWith(`${stage.url}/confirm-request#`)).toBe(true)
    const person = await stage.visit(undefined, { locale: 'ja-JP' })
    await person.page.goto(link)
    await person.page.getByRole('button', { name: 'はい、請求しました' }).waitFor()
    expect(person.page.url()).not.toContain('token')
    expect(await faultsOf(person.page)).toEqual([])
    expect(await overflowOf(person.page)).toBe(0)
    // Opening it has changed nothing.
    await page.reload()
    await shown.filter({ hasText: 'nobody has answered yet' }).waitFor()
    await person.page.getByRole('button', { name: 'はい、請求しました' }).click()
    await person.page.getByRole('status').filter({ hasText: 'ありがとうございます' }).waitFor()
    expect(await person.page.getByRole('heading').textContent()).toContain('届きました')
    await shown.filter({ hasText: 'The person confirmed' }).waitFor()
    await person.page.goto('about:blank')
    await person.page.goto(link)
    await person.page.getByRole('alert').filter({ hasText: '使用済み' }).waitFor()
    expect(person.strangers).toEqual([])
    await person.close()
    // How they showed it stands for itself; before, it says that nothing is confirmed.
    const about = page.getByText('By an answer to a message')
    expect(await about.textContent()).toBe('By an answer to a message')
    await page.getByText('The identity is confirmed: it can be made now.').waitFor()
  })

  it('is not told as one whose identity is being shown, once they said that it is not theirs', async () => {
    const { page } = officer
    await page.goto('/requests/new')
    await page.getByLabel('Subject key').fill('bob')
    await page.getByRole('button', { name: 'Find', exact: true }).click()
    await page.getByRole('button', { name: 'Raise request' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Raise request' }).click()
    await page.getByRole('button', { name: SEND }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Address of the person').fill('zoe@person.example')
    await dialog.getByRole('button', { name: SEND }).click()
    await page.getByText('By an answer to a message; not confirmed').waitFor()
    const mails = () => readOutbox(stage.outbox).filter(({ to }) => to === 'zoe@person.example')
    await expect.poll(() => mails().length, { timeout: 15_000 }).toBe(1)
    const person = await stage.visit(undefined)
    await person.page.goto(/https?:\/\/\S+#token=\S+/.exec(mails()[0]?.text ?? '')?.[0] ?? '')
    await person.page.getByRole('button', { name: 'No, it was not me' }).click()
    await person.page.getByRole('status').filter({ hasText: 'you did not ask for this' }).waitFor()
    await person.close()
    await page
      .getByTestId('answer')
      .filter({ hasText: /^Whoever got the mailed link says that they did not ask/ })
      .waitFor()
  })
})
