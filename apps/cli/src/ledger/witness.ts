import { DomainError, isDomainError } from '@lethe/domain'
import {
  cosign,
  encodeVerifier,
  followLog,
  parseLogCheckpoint,
  verifyCosignatures,
  type LogVerifier,
  type PublishedLog,
  type TrustRoots,
  type WitnessSigner,
} from '@lethe/ledger'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { tenantIdOf } from './fsck.js'
import { publishedFolder } from './published-files.js'
import { publishedUrl } from './published-url.js'

/** What a witness must never forget: the newest head that it cosigned of each log. */
const WitnessState = z.object({
  version: z.literal(1),
  /** Cosigned notes by origin. */
  logs: z.record(z.string(), z.string()),
})
type WitnessState = z.infer<typeof WitnessState>

export interface WitnessOptions {
  readonly follow: string
  readonly roots: TrustRoots
  readonly signer: WitnessSigner
  readonly stateFile: string
  /** Receives `<tenant>/<size>.cosigned`. */
  readonly out: string | undefined
}

export interface Observation {
  readonly origin: string
  readonly size: number | null
  /** Checkpoints verified since the last time. */
  readonly steps: number
  readonly isFirstSight: boolean
  /** Why this log was not followed; what was cosigned before stays. */
  readonly refusal: { readonly code: string; readonly message: string } | null
}

/** Follows every log of the roots once. The state is kept before a cosignature is shown to anybody. */
export async function observeLogs(options: WitnessOptions, now: () => Date): Promise<Observation[]> {
  const { roots, stateFile } = options
  const origins = [...new Set(roots.logs.map(({ name }) => name))].sort()
  const state = readState(stateFile)
  const observations: Observation[] = []
  for (const origin of origins) {
    const keys = roots.logs.filter(({ name }) => name === origin)
    observations.push(await observe(options, { origin, keys, state, at: now() }))
  }
  return observations
}

async function observe(
  options: WitnessOptions,
  input: { origin: string; keys: readonly LogVerifier[]; state: WitnessState; at: Date },
): Promise<Observation> {
  const { origin, keys, state, at } = input
  const seen = readSeen(state, origin, options)
  try {
    const { head, note, steps, isFirstSight } = await followLog(publishedLog(options.follow, origin), seen, keys)
    if (head.origin !== origin)
      throw new DomainError('LOG_FORKED', `The log ${head.origin} is published where ${origin} belongs.`, 'origin')
    if (steps > 0) {
      state.logs[origin] = cosign(note, options.signer, at)
      writeDurably(options.stateFile, `${JSON.stringify(state, null, 2)}\n`)
    }
    showCosigned(options.out, origin, head.size, state.logs[origin])
    return { origin, size: head.size, steps, isFirstSight, refusal: null }
  } catch (error) {
    const refusal = isDomainError(error)
      ? { code: error.code, message: error.message }
      : { code: 'LOG_NOT_PUBLISHED', message: `Nothing could be read there: ${(error as Error).message}` }
    return { origin, size: seen?.size ?? null, steps: 0, isFirstSight: false, refusal }
  }
}

/** A folder of logs by tenant, in files or over HTTP; or the folder of the one log itself. */
function publishedLog(follow: string, origin: string): PublishedLog {
  const tenantId = tenantIdOf(origin)
  if (/^https?:\/\//.test(follow)) return publishedUrl(`${follow.replace(/\/$/, '')}/${tenantId}`)
  const own = path.join(follow, tenantId)
  return publishedFolder(existsSync(own) || !existsSync(path.join(follow, 'latest')) ? own : follow)
}

/** @throws DomainError STATE_DAMAGED: a witness that forgot what it cosigned must not go on as if it were new. */
function readState(file: string): WitnessState {
  if (!existsSync(file)) return { version: 1, logs: {} }
  try {
    return WitnessState.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    throw new DomainError(
      'STATE_DAMAGED',
      `${file} is not the state of a witness; restore it, for without it a rewritten log would pass.`,
      '--state',
    )
  }
}

function readSeen({ logs }: WitnessState, origin: string, { signer, stateFile }: WitnessOptions) {
  const note = logs[origin]
  if (note === undefined) return undefined
  try {
    if (verifyCosignatures(note, [signer]).length > 0) return parseLogCheckpoint(note)
  } catch (error) {
    if (!isDomainError(error)) throw error
  }
  throw new DomainError(
    'STATE_DAMAGED',
    `What ${stateFile} says of ${origin} was not cosigned by ${encodeVerifier(signer)}; restore the file or the key.`,
    '--state',
  )
}

function showCosigned(out: string | undefined, origin: string, size: number, note: string | undefined): void {
  if (out === undefined || note === undefined) return
  const folder = path.join(out, tenantIdOf(origin))
  const file = path.join(folder, `${size}.cosigned`)
  if (existsSync(file)) return
  mkdirSync(folder, { recursive: true })
  writeDurably(file, note)
}

/** Whole or not at all, and on the disk when it returns. */
function writeDurably(file: string, text: string): void {
  const partial = `${file}.partial`
  const descriptor = openSync(partial, 'w', 0o644)
  try {
    writeFileSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  renameSync(partial, file)
}

export const describeObservation = ({ origin, size, steps, isFirstSight, refusal }: Observation): string => {
  if (refusal !== null) return `REFUSED ${origin}: ${refusal.message} (${refusal.code})\n`
  const news =
    steps === 0 ? 'nothing new' : `${steps} new checkpoint${steps === 1 ? '' : 's'} verified and the newest cosigned`
  const trust = isFirstSight ? '; seen for the first time, its earlier past is taken on trust' : ''
  return `${origin}: ${size} entries, ${news}${trust}\n`
}
