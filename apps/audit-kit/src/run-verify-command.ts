import { verdictWords } from '@lethe/report'
import type { VerifyCommand } from './command/parse-command.js'
import type { KitSurroundings } from './main.js'
import { exitCodes, INCOMPLETE } from './run-audit-command.js'
import { screenWords } from './screen/words.js'
import { verifyFolder } from './verify/verify-folder.js'

const TAMPERED = 4

const marks = { holds: '✓', broken: '✗', missing: '–' } as const

/** @returns the exit code: of the verdict when everything holds. */
export async function runVerifyCommand(
  { folder, key, language }: VerifyCommand,
  around: KitSurroundings,
): Promise<number> {
  const { out } = around.screen
  const words = screenWords(language)
  const verification = await verifyFolder(folder, key, around.signal)
  for (const { name, outcome, why } of verification.checks)
    out(`${marks[outcome]} ${words.checks[name]}: ${words.outcomes[outcome]}${why === null ? '' : `. ${why}`}\n`)
  out(`  ${verification.key}\n`)
  if (!verification.keyWasGiven) out(`${words.foundKey}\n`)
  const outcomes = verification.checks.map(({ outcome }) => outcome)
  if (outcomes.includes('broken') || verification.verdict === null) {
    out(`${words.verified.broken}\n`)
    return TAMPERED
  }
  const { word, sentence } = verdictWords(language, verification.verdict)
  const isWhole = !outcomes.includes('missing')
  out(`${isWhole ? words.verified.whole : words.verified.partly}\n${word}: ${sentence}\n${words.doesNotShow}\n`)
  return isWhole ? exitCodes[verification.verdict] : INCOMPLETE
}
