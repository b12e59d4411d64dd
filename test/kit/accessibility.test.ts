import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { faultsOf, seriousFaultsOf, wcag22aa } from './accessibility.js'
import { openChromium } from './chromium.js'

let browser: Browser
let page: Page
beforeAll(async () => {
  browser = await openChromium(process.env['CHROMIUM_PATH'])
  page = await browser.newPage()
})
afterAll(() => browser.close())

const show = (body: string) =>
  page.setContent(
    `<html lang="en"><title>A page</title><style>@media (prefers-color-scheme: dark) { p { color: #333; background: #222 } }</style><main><h1>A page</h1>${body}</main></html>`,
  )
const text = '<p>Text that is read.</p>'

it('finds what keeps somebody from using a page, and where it is; nothing in one that is in order', async () => {
  await show(text)
  expect(await faultsOf(page)).toEqual([])
  await show(`${text}<img src="data:,"><button></button>`)
  expect((await seriousFaultsOf(page, wcag22aa)).map(({ id, at }) => [id, at])).toEqual([
    ['button-name', ['<button></button>']],
    ['image-alt', ['<img src="data:,">']],
  ])
})

it('sees the colours that the page has, and good practice where all rules are asked for', async () => {
  await show(`${text}<h3>Too deep</h3>`)
  expect((await faultsOf(page)).map(({ id, impact }) => [id, impact])).toEqual([['heading-order', 'moderate']])
  expect(await seriousFaultsOf(page)).toEqual([])
  await page.emulateMedia({ colorScheme: 'dark' })
  expect((await seriousFaultsOf(page)).map(({ id }) => id)).toEqual(['color-contrast'])
})

it('does not pass over a frame', async () => {
  await show(`${text}<iframe title="Inner" srcdoc="<img src='data:,'>"></iframe>`)
  await expect(faultsOf(page)).rejects.toThrow('has frames')
})
