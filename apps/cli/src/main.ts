import { isDomainError } from '@lethe/domain'
import { Command } from 'commander'
import { registerAudit } from './commands/audit.js'
import { registerBus } from './commands/bus.js'
import { registerClock } from './commands/clock.js'
import { registerDataset } from './commands/dataset.js'
import { registerDemo } from './commands/demo.js'
import { registerDoctor } from './commands/doctor.js'
import { registerEmbed } from './commands/embed.js'
import { registerErasure } from './commands/erasure.js'
import { registerEvidence } from './commands/evidence.js'
import { registerLedger } from './commands/ledger.js'
import { registerModel } from './commands/model.js'
import { registerStatus } from './commands/status.js'
import { registerSubject } from './commands/subject.js'
import { registerTrain } from './commands/train.js'
import { registerUnlearn } from './commands/unlearn.js'
import { registerUp } from './commands/up.js'
import { registerUpload } from './commands/upload.js'
import { registerVerify } from './commands/verify.js'

type Register = (program: Command) => void

/** Every command is a file of `commands/` and one line here. */
const commands: readonly Register[] = [
  registerUp,
  registerDemo,
  registerDoctor,
  registerStatus,
  registerDataset,
  registerTrain,
  registerUnlearn,
  registerEmbed,
  registerModel,
  registerAudit,
  registerErasure,
  registerClock,
  registerEvidence,
  registerLedger,
  registerBus,
  registerSubject,
  registerUpload,
  registerVerify,
]

export async function runCli(argv: readonly string[]): Promise<void> {
  const program = new Command('lethe').description('Governs contrastive models: erasure, unlearning, audit, evidence.')
  for (const register of commands) register(program)
  try {
    await program.parseAsync([...argv])
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`)
    process.exitCode = 1
  }
}

/** Expected refusals are sentences already; anything else is a defect, and its stack helps to mend it. */
function explain(error: unknown): string {
  if (isDomainError(error)) return error.field === undefined ? error.message : `${error.field}: ${error.message}`
  return error instanceof Error ? error.message : String(error)
}
