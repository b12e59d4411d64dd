import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { DomainError, ErasureState, StatuteId } from '@lethe/domain'
import { Option, type Command } from 'commander'
import {
  findRequestId,
  importErasures,
  listErasures,
  raiseErasure,
  showErasure,
  withdrawErasure,
  type ErasureImport,
} from '../demo/index.js'
import { assertOneOf, wholeNumber, withExamples } from '../files/command-options.js'
import { describeErasure, tabulateErasures } from '../files/describe-erasure.js'
import { signIn, type SignInOptions, withSignIn } from '../sign-in.js'

interface RaiseOptions extends SignInOptions {
  readonly subject?: string
  readonly contentId?: readonly string[]
  readonly file?: readonly string[]
  readonly ground: string
  readonly receivedAt?: string
  readonly statute?: string
}

export function registerErasure(program: Command): void {
  const erasure = program.command('erasure').description('erasure requests of a platform that is up')
  registerRequest(erasure)
  registerImport(erasure)
  const list = erasure
    .command('list')
    .description('list requests, newest first')
    .addOption(new Option('--state <state>', 'only those in this state').choices(ErasureState.options))
    .option('--first <n>', 'how many, 1 to 100', wholeNumber, 20)
    .action(listRequests)
  withExamples(withSignIn(list, 'privacy officer'), ['lethe erasure list --state BLOCKED'])
  const show = erasure
    .command('show')
    .description('show a request: its state, plan, related requests and what happened')
    .argument('<request>', 'number or id of the request')
    .option('--json', 'print JSON')
    .action(showRequest)
  withExamples(withSignIn(show, 'privacy officer'), ['lethe erasure show 1', 'lethe erasure show 1 --json'])
  const withdraw = erasure
    .command('withdraw')
    .description('take a request back, for good')
    .argument('<request>', 'number or id of the request')
    .requiredOption('--reason <text>', 'why, in 1 to 500 characters')
    .action(withdrawRequest)
  withExamples(withSignIn(withdraw, 'privacy officer'), ['lethe erasure withdraw 3 --reason "Asked by mistake."'])
}

const repeatable = (word: string, before: readonly string[] = []): readonly string[] => [...before, word]

function registerRequest(erasure: Command): void {
  const request = erasure
    .command('request')
    .description('raise a request for a data subject, or for pictures by content id or file')
    .option('--subject <key>', 'by which the tenant knows the data subject')
    .option('--content-id <sha256>', 'of a picture; may be given again', repeatable)
    .option('--file <file>', 'a picture, which is hashed here and not sent; may be given again', repeatable)
    .requiredOption('--ground <text>', 'by what right')
    .option('--received-at <instant>', 'when it reached the tenant, such as 2026-01-31T09:00:00Z; default now')
    .addOption(new Option('--statute <id>', 'whose clock runs; default the tenant’s').choices(StatuteId.options))
    .action(raiseRequest)
  withExamples(withSignIn(request, 'privacy officer'), [
    'lethe erasure request --subject customer-4711 --ground "GDPR Art. 17(1)(b)"',
    'lethe erasure request --file a.png --file b.png --ground "GDPR Art. 17(1)(b)"',
  ])
}

function registerImport(erasure: Command): void {
  const imports = erasure
    .command('import')
    .description('take in a CSV of requests, row by row; a list that was mended can be taken in again')
    .argument('<file>', 'CSV with a head of subject_key, content_id, ground, received_at, statute')
    .option('--dry-run', 'say of every row what would come of it, and change nothing')
    .option(
      '--key <key>',
      'under which rows count as taken in; another one takes the same rows in anew',
      'erasure-import',
    )
    .action(importList)
  withExamples(withSignIn(imports, 'privacy officer'), [
    'lethe erasure import requests.csv --dry-run',
    'lethe erasure import requests.csv',
  ])
}

async function raiseRequest(options: RaiseOptions): Promise<void> {
  const { subject, contentId, file, ground, receivedAt, statute } = options
  assertOneOf({ '--subject': subject, '--content-id': contentId, '--file': file })
  const contentIds = contentId ?? (file && (await Promise.all(file.map(hashFile))))
  const client = await signIn(options, 'privacy_officer')
  const request = await raiseErasure(client, {
    idempotencyKey: randomUUID(),
    selection: {
      ...(subject === undefined ? {} : { subjectKey: subject }),
      ...(contentIds === undefined ? {} : { contentIds }),
    },
    ground,
    ...(receivedAt === undefined ? {} : { receivedAt }),
    ...(statute === undefined ? {} : { statuteId: statute }),
  })
  process.stdout.write(describeErasure(request))
}

async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  await reading(file, () => pipeline(createReadStream(file), hash))
  return hash.digest('hex')
}

async function reading<T>(file: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new DomainError('FILE_UNREADABLE', `${file} cannot be read (${code}).`, 'file')
  }
}

async function listRequests(options: SignInOptions & { first: number; state?: ErasureState }): Promise<void> {
  const { first, state } = options
  if (first < 1 || first > 100) throw new DomainError('FIRST_INVALID', 'Give 1 to 100.', '--first')
  const client = await signIn(options, 'privacy_officer')
  const { totalCount, requests } = await listErasures(client, { first, ...(state === undefined ? {} : { state }) })
  process.stdout.write(tabulateErasures(requests))
  if (totalCount > requests.length) process.stdout.write(`… and ${totalCount - requests.length} more\n`)
}

async function showRequest(named: string, options: SignInOptions & { json?: boolean }): Promise<void> {
  const client = await signIn(options, 'privacy_officer')
  const request = await showErasure(client, await findRequestId(client, named))
  process.stdout.write(options.json === true ? `${JSON.stringify(request, null, 2)}\n` : describeErasure(request))
}

async function withdrawRequest(named: string, options: SignInOptions & { reason: string }): Promise<void> {
  const client = await signIn(options, 'privacy_officer')
  const erasureRequestId = await findRequestId(client, named)
  const { reason } = options
  process.stdout.write(
    describeErasure(await withdrawErasure(client, { idempotencyKey: randomUUID(), erasureRequestId, reason })),
  )
}

async function importList(file: string, options: SignInOptions & { dryRun?: boolean; key: string }): Promise<void> {
  const csv = await reading(file, () => readFile(file, 'utf8'))
  const client = await signIn(options, 'privacy_officer')
  const dryRun = options.dryRun === true
  const result = await importErasures(client, { idempotencyKey: options.key, csv, dryRun })
  process.stdout.write(describeImport(result, dryRun))
  if (result.refused > 0) process.exitCode = 1
}

function describeImport({ accepted, known, refused, rows }: ErasureImport, dryRun: boolean): string {
  const lines = rows.map(({ row, outcome, code, field, message, request }) =>
    outcome === 'REFUSED'
      ? `row ${row}  ${code ?? ''}  ${field === null ? '' : `${field}: `}${message ?? ''}`
      : `row ${row}  ${outcome === 'VALID' ? 'would be taken in' : `request ${request?.number ?? ''}${outcome === 'KNOWN' ? ', taken in before' : ''}`}`,
  )
  const sum = `${accepted} ${dryRun ? 'would be taken in' : 'taken in'}, ${known} known already, ${refused} refused`
  return [...lines, sum, ''].join('\n')
}
