import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { DomainError } from '@lethe/domain'
import type { Command } from 'commander'
import { findRequestId, readOpening, shredSubject } from '../demo/index.js'
import { withExamples } from '../files/command-options.js'
import { tabulate } from '../files/tabulate.js'
import { signIn, type SignInOptions, withSignIn } from '../sign-in.js'

interface ShredOptions extends SignInOptions {
  readonly owner?: string
  readonly yes?: boolean
}

interface OpenOptions extends SignInOptions {
  readonly out: string
}

export function registerSubject(program: Command): void {
  const subject = program.command('subject').description('what evidence says of a data subject, and how it is closed')
  const open = subject
    .command('open')
    .description('write what opens the commitments of a request: a secret for the data owner')
    .argument('<request>', 'number or id of the request')
    .requiredOption('-o, --out <file>', 'where the opening goes, readable by you alone')
    .action(writeOpening)
  withExamples(withSignIn(open, 'privacy officer'), [
    'lethe subject open 1 -o opening.json',
    'lethe verify erasure-1.tar --trust trust.txt --opening opening.json',
  ])
  const shred = subject
    .command('shred')
    .description(
      'destroy a data subject’s salt for good: evidence of them opens to nobody, and every proof still verifies',
    )
    .argument('[key]', 'by which the tenant knows the data subject')
    .option('--owner <id>', 'id of the data owner, in place of the key')
    .option('--yes', 'do not ask')
    .action(shredSalt)
  withExamples(withSignIn(shred, 'privacy officer'), [
    'lethe subject shred customer-4711',
    'lethe subject shred --owner ID',
  ])
}

async function writeOpening(request: string, options: OpenOptions): Promise<void> {
  const client = await signIn(options, 'privacy_officer')
  const opening = await readOpening(client, await findRequestId(client, request))
  await writeNew(options.out, `${JSON.stringify(opening, null, 2)}\n`)
  process.stdout.write(
    tabulate([
      ['opening', options.out],
      ['pictures', opening.contentIds === null ? 'erased; only their digest' : String(opening.contentIds.length)],
    ]),
  )
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new DomainError('OUT_TAKEN', `${file} is there already; name another file.`, '--out')
  }
}

async function shredSalt(key: string | undefined, options: ShredOptions): Promise<void> {
  const { owner, yes } = options
  if ((key === undefined) === (owner === undefined))
    throw new DomainError('SELECTION_INVALID', 'Give either a key or --owner, and not both.', 'key')
  if (yes !== true) await confirm(key ?? owner ?? '')
  const client = await signIn(options, 'privacy_officer')
  const selection = {
    ...(key === undefined ? {} : { subjectKey: key }),
    ...(owner === undefined ? {} : { ownerId: owner }),
  }
  const seq = await shredSubject(client, { idempotencyKey: randomUUID(), ...selection })
  process.stdout.write(
    `The salt is destroyed; evidence ${seq} says so. The database’s write-ahead log and backups hold it until they are recycled.\n`,
  )
}

/** Asked once, since nothing brings a salt back. */
async function confirm(whom: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new DomainError('NOT_CONFIRMED', 'Nobody is there to be asked; say that you mean it.', '--yes')
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question(`Destroy the salt of ${whom} for good? Type "yes": `)
  terminal.close()
  if (answer.trim() !== 'yes') throw new DomainError('NOT_CONFIRMED', 'Nothing was done.')
}
