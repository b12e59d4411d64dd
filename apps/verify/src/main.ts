import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { isDomainError } from '@lethe/domain'
import { parseOpening, parseTrustRoots, verifyEvidence } from '@lethe/verifier'
import { refuse } from './command-error.js'
import { parseCommand, type VerifyCommand } from './command/parse-command.js'
import { printReport } from './screen/print-report.js'
import { usage } from './screen/usage.js'

/** Everything outside that the command depends on. */
export interface Surroundings {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Of the terminal. */
  readonly columns: number
  readonly clock: () => Date
  /** The page that was built with this command. */
  readonly pageFile: string
}

const NAME = 'lethe-verify 0.1.0'

/** The whole command; `lethe verify` calls it as `lethe-verify` does. @returns the exit code. */
export async function main(argv: readonly string[], around: Surroundings): Promise<number> {
  try {
    const command = parseCommand(argv)
    switch (command.kind) {
      case 'verify':
        return await verify(command, around)
      case 'page':
        writePage(command.file, around)
        return 0
      case 'help':
        around.out(usage)
        return 0
      case 'version':
        around.out(`${NAME}\n`)
        return 0
    }
  } catch (error) {
    if (!isDomainError(error)) throw error
    around.err(`${error.field === undefined ? '' : `${error.field}: `}${error.message}\n`)
    return 1
  }
}

async function verify(command: VerifyCommand, around: Surroundings): Promise<number> {
  const { bundle, trust, opening, at, asJson, language } = command
  const verification = await verifyEvidence(read(bundle, 'BUNDLE'), {
    trust: await parseTrustRoots(read(trust, '--trust').toString('utf8')),
    at: at ?? around.clock(),
    opening: opening === undefined ? undefined : parseOpening(read(opening, '--opening').toString('utf8')),
  })
  const { report } = verification
  around.out(asJson ? `${JSON.stringify(report, null, 2)}\n` : printReport(verification, language, around.columns))
  return report.exitCode
}

function read(file: string, field: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    return refuse(
      'FILE_UNREADABLE',
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      field,
    )
  }
}

function writePage(file: string, { pageFile, out }: Surroundings): void {
  if (!existsSync(pageFile)) refuse('PAGE_MISSING', 'The page was not built; run `npm run build` first.', '--page')
  if (existsSync(file)) refuse('ARGUMENTS_INVALID', `${file} is there already; name another file.`, '--page')
  try {
    writeFileSync(file, readFileSync(pageFile))
  } catch (error) {
    refuse(
      'FILE_UNREADABLE',
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`,
      '--page',
    )
  }
  out(`${file}\n`)
}
