import { isDomainError } from '@lethe/domain'
import {
  type Language,
  parseOpening,
  parseTrustRoots,
  type Verification,
  verifyEvidence,
  wordsOf,
} from '@lethe/verifier'
import { renderVerification } from './render-verification.js'
import { pageWords } from './words.js'

interface Brought {
  bundle: { readonly name: string; readonly bytes: Uint8Array } | null
  trust: string
  opening: string | null
  verification: Verification | null
}

const brought: Brought = { bundle: null, trust: '', opening: null, verification: null }
/** Files that are still being read; whoever verifies waits for them. */
let reading: Promise<unknown> = Promise.resolve()
let language: Language = navigator.language.startsWith('ja') ? 'ja' : 'en'

const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`The page has no #${id}.`)
  return found
}

const formatBytes = (bytes: number): string =>
  bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`

/** Draws the whole page anew; what was brought stays. */
function draw(): void {
  const words = pageWords[language]
  document.documentElement.lang = language
  document.title = words.title
  byId('title').textContent = words.title
  byId('lead').textContent = words.lead
  for (const name of ['bundle', 'trust', 'opening'] as const) byId(`${name}-label`).textContent = words[name]
  byId('bundle-hint').textContent =
    brought.bundle === null
      ? words.bundleHint
      : words.chosen(brought.bundle.name, formatBytes(brought.bundle.bytes.length))
  byId('trust-hint').textContent = words.trustHint
  byId('trust-file-label').textContent = words.trustFile
  byId('opening-hint').textContent = words.openingHint
  byId('verify').textContent = words.verify
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]'))
    button.setAttribute('aria-pressed', String(button.dataset['language'] === language))
  const { verification } = brought
  byId('report').replaceChildren(...(verification === null ? [] : renderVerification(verification, language)))
}

const say = (text: string): void => {
  byId('status').textContent = text
}

/** An opening is JSON with a salt; answers of the API, which end alike, have none at their top. */
function isOpening(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && 'salt' in value
  } catch {
    return false
  }
}

/** Takes a file for what it is: openings, trust roots by the end of their name, everything else is evidence. */
async function take(file: File): Promise<void> {
  if (file.name.endsWith('.json') && isOpening(await file.text())) brought.opening = await file.text()
  else if (/\.(txt|roots|pub)$/.test(file.name)) setTrust(await file.text())
  else brought.bundle = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
  brought.verification = null
  say('')
  draw()
}

function setTrust(text: string): void {
  brought.trust = text
  ;(byId('trust') as HTMLTextAreaElement).value = text
}

async function verify(): Promise<void> {
  await reading
  const words = pageWords[language]
  if (brought.bundle === null) return say(words.bundleMissing)
  if (brought.trust.trim() === '') return say(words.trustMissing)
  say(words.working)
  // Lets the words be painted before the sums take the thread.
  await new Promise((resolve) => setTimeout(resolve, 20))
  try {
    brought.verification = await verifyEvidence(brought.bundle.bytes, {
      trust: await parseTrustRoots(brought.trust),
      at: new Date(),
      opening: brought.opening === null ? undefined : parseOpening(brought.opening),
    })
    say(words.ready)
  } catch (error) {
    brought.verification = null
    const known = wordsOf(language).refusals as Readonly<Record<string, string>>
    say(
      isDomainError(error) ? `${known[error.code] ?? error.message} [${error.field ?? error.code}]` : words.unexpected,
    )
  }
  draw()
  byId('report').focus()
}

function chooser(id: string, accept: (file: File) => Promise<void>): void {
  byId(id).addEventListener('change', ({ target }) => {
    const [file] = (target as HTMLInputElement).files ?? []
    if (file !== undefined) reading = accept(file)
  })
}

function listen(): void {
  chooser('bundle', async (file) => {
    brought.bundle = { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
    brought.verification = null
    draw()
  })
  chooser('trust-file', async (file) => setTrust(await file.text()))
  chooser('opening', async (file) => {
    brought.opening = await file.text()
  })
  byId('trust').addEventListener('input', ({ target }) => {
    brought.trust = (target as HTMLTextAreaElement).value
  })
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault()
    void verify()
  })
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]'))
    button.addEventListener('click', () => {
      language = button.dataset['language'] === 'ja' ? 'ja' : 'en'
      draw()
    })
  document.addEventListener('dragover', (event) => event.preventDefault())
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    reading = Promise.all(Array.from(event.dataTransfer?.files ?? [], take))
  })
}

listen()
draw()
