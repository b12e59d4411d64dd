import { isDomainError } from '@lethe/domain'
import { parseCommand } from './command/parse-command.js'
import { runAuditCommand } from './run-audit-command.js'
import { runVerifyCommand } from './run-verify-command.js'
import type { Screen } from './screen/progress-line.js'
import { usage } from './screen/usage.js'
import { KIT } from './version.js'

/** Everything outside that the kit depends on. */
export interface KitSurroundings {
  readonly screen: Screen
  readonly signal: AbortSignal
  /** Milliseconds of a clock that never runs backwards. */
  readonly now: () => number
  readonly clock: () => Date
  readonly configDir: string
  readonly token: string | undefined
  /** Pause before a question is put a second time; it doubles. */
  readonly firstPauseMs: number
}

/** The whole kit; `lethe audit` calls it as `lethe-audit` does. @returns the exit code. */
export async function main(argv: readonly string[], around: KitSurroundings): Promise<number> {
  try {
    const command = parseCommand(argv, around)
    switch (command.kind) {
      case 'audit':
        return await runAuditCommand(command, around)
      case 'verify':
        return await runVerifyCommand(command, around)
      case 'help':
        around.screen.out(usage)
        return 0
      case 'version':
        around.screen.out(`${KIT}\n`)
        return 0
    }
  } catch (error) {
    if (!isDomainError(error)) throw error
    around.screen.err(`${error.field === undefined ? '' : `${error.field}: `}${error.message}\n`)
    return 1
  }
}
