import { existsSync } from 'node:fs'
import path from 'node:path'
import { chromium as playwright, type Browser } from 'playwright-core'

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * A real Chromium, in this order: CHROMIUM_PATH, one that is installed, the build that ships inside an npm package
 * (so that `npm test` needs nothing else on the machine; it brings its own libraries).
 */
export async function openChromium(chromiumPath: string | undefined): Promise<Browser> {
  const found = chromiumPath ?? installed.find((candidate) => existsSync(candidate))
  const { executablePath, libraryPath } = found ? { executablePath: found, libraryPath: undefined } : await packaged()
  return playwright.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    ...(libraryPath ? { env: { LD_LIBRARY_PATH: libraryPath } } : {}),
  })
}

async function packaged(): Promise<{ executablePath: string; libraryPath: string }> {
  const { default: chromium } = await import('@sparticuz/chromium')
  const executablePath = await chromium.executablePath()
  return { executablePath, libraryPath: path.join(path.dirname(executablePath), 'al2023', 'lib') }
}
