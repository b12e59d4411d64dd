import { randomUUID } from 'node:crypto'
import { DomainError, StatuteId } from '@lethe/domain'
import { Option, type Command } from 'commander'
import { findRequestId, listClocks, moveClock, showClock, type ClockMove, type ClockState } from '../demo/index.js'
import { wholeNumber, withExamples } from '../files/command-options.js'
import { describeClock, tabulateClocks } from '../files/describe-clock.js'
import { signIn, type SignInOptions, withSignIn } from '../sign-in.js'

const states: readonly ClockState[] = ['RUNNING', 'PAUSED', 'MET', 'BREACHED']

export function registerClock(program: Command): void {
  const clock = program.command('clock').description('clocks of erasure requests, of a platform that is up')
  const list = clock
    .command('list')
    .description('list clocks, nearest due first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(states))
    .addOption(new Option('--statute <id>', 'only those that count by this rule').choices(StatuteId.options))
    .option('--first <n>', 'how many, 1 to 100', wholeNumber, 20)
    .option('--json', 'print JSON')
    .action(printList)
  withExamples(withSignIn(list, 'privacy officer'), ['lethe clock list --state RUNNING'])
  const show = clock
    .command('show')
    .description('show the sum that leads to each due date, what moved the clock, and what you may do')
    .argument('<request>', 'number or id of the erasure request')
    .option('--json', 'print JSON')
    .action(printClock)
  withExamples(withSignIn(show, 'privacy officer'), ['lethe clock show 3', 'lethe clock show 3 --json'])
  registerMoves(clock)
}

interface MoveOptions extends SignInOptions {
  readonly reason?: string
  readonly json?: boolean
}

function registerMoves(clock: Command): void {
  const move = (name: string, what: string, mutation: ClockMove, needsReason: boolean): Command =>
    clock
      .command(name)
      .description(what)
      .argument('<request>', 'number or id of the erasure request')
      .addOption(
        new Option(
          '--reason <text>',
          `why, in 1 to 500 characters; stays out of evidence${needsReason ? '' : '; may be left out'}`,
        ).makeOptionMandatory(needsReason),
      )
      .option('--json', 'print JSON')
      .action((request: string, options: MoveOptions & { count?: number; statute?: StatuteId }) =>
        moveAndPrint(mutation, request, options),
      )
  const pause = move('pause', 'let the clock stand still while it is in doubt who asks', 'pauseClock', true)
  withExamples(withSignIn(pause, 'privacy officer'), ['lethe clock pause 3 --reason "Asked for a copy of the card."'])
  const resume = move('resume', 'let a paused clock run on; the pause stays in the sum', 'resumeClock', false)
  withExamples(withSignIn(resume, 'privacy officer'), ['lethe clock resume 3'])
  const extend = move('extend', 'put on record that the person was told of more time, and why', 'extendClock', true)
  extend.option('--count <n>', 'how far, in the unit of the rule’s limit; default the limit', wholeNumber)
  withExamples(withSignIn(extend, 'privacy officer'), ['lethe clock extend 3 --reason "Many requests at once."'])
  const confirm = move(
    'acknowledge',
    'put on record that receipt was confirmed to the person',
    'acknowledgeRequest',
    false,
  )
  withExamples(withSignIn(confirm, 'privacy officer'), ['lethe clock acknowledge 3'])
  const change = move('change-rule', 'do the sum anew from receipt by another rule', 'changeClockRule', true)
  change.addOption(new Option('--statute <id>', 'the rule').choices(StatuteId.options).makeOptionMandatory())
  withExamples(withSignIn(change, 'privacy officer'), [
    'lethe clock change-rule 3 --statute ccpa-7021 --reason "Lives in California."',
  ])
}

async function printList(
  options: SignInOptions & { first: number; state?: ClockState; statute?: StatuteId; json?: boolean },
): Promise<void> {
  const { first, state, statute, json } = options
  if (first < 1 || first > 100) throw new DomainError('FIRST_INVALID', 'Give 1 to 100.', '--first')
  const client = await signIn(options, 'privacy_officer')
  const { totalCount, clocks } = await listClocks(client, {
    first,
    ...(state === undefined ? {} : { state }),
    ...(statute === undefined ? {} : { statuteId: statute }),
  })
  if (json === true) return void process.stdout.write(`${JSON.stringify({ totalCount, clocks }, null, 2)}\n`)
  process.stdout.write(tabulateClocks(clocks))
  if (totalCount > clocks.length) process.stdout.write(`… and ${totalCount - clocks.length} more\n`)
}

async function printClock(named: string, options: SignInOptions & { json?: boolean }): Promise<void> {
  const client = await signIn(options, 'privacy_officer')
  const clock = await showClock(client, await findRequestId(client, named))
  if (clock === null) throw new DomainError('NOT_FOUND', `You see no erasure request ${named}.`, 'request')
  print(clock, options.json)
}

async function moveAndPrint(
  mutation: ClockMove,
  named: string,
  options: MoveOptions & { count?: number; statute?: StatuteId },
): Promise<void> {
  const { reason, count, statute } = options
  const client = await signIn(options, 'privacy_officer')
  const clock = await moveClock(client, mutation, {
    idempotencyKey: randomUUID(),
    erasureRequestId: await findRequestId(client, named),
    ...(reason === undefined ? {} : { reason }),
    ...(count === undefined ? {} : { count }),
    ...(statute === undefined ? {} : { statuteId: statute }),
  })
  print(clock, options.json)
}

const print = (clock: Parameters<typeof describeClock>[0], json: boolean | undefined): void =>
  void process.stdout.write(json === true ? `${JSON.stringify(clock, null, 2)}\n` : describeClock(clock))
