import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { ContentId, OwnerAuditPlan, type PackedImages } from '@lethe/domain'
import { canonicalJson } from '@lethe/ledger'
import { i32, parseSafetensors, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import { z } from 'zod'
import { refuse } from '../kit-error.js'

export const setNames = ['forget', 'heldOut', 'retain'] as const
export type SetName = (typeof setNames)[number]

/** Pictures of a set as they are audited. */
export interface SavedSet {
  readonly images: PackedImages
  readonly labels: Int32Array | null
  readonly captions: readonly string[] | null
}

const Files = z.object({
  /** Keeps the commitment of the set from being guessed. 32 bytes in hex. */
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  files: z.array(z.object({ key: z.string(), contentId: ContentId })),
  captions: z.array(z.string()).nullable(),
})
export type SavedFiles = z.infer<typeof Files>

const Asked = z.object({ url: z.string(), said: z.unknown() })

const Secrets = z.object({
  version: z.literal(1),
  endpoints: z.object({ before: Asked, after: Asked.nullable() }),
  sets: z.object({ forget: Files, heldOut: Files, retain: Files.nullable() }),
  /** Options that fixed the audit; a command that goes on with it says the same or nothing. */
  settings: z.record(z.string(), z.string()),
})
/** What the owner keeps: addresses as they are asked, which file is which picture, salts. */
export type Secrets = z.infer<typeof Secrets>

/** An audit under way, as its folder holds it. */
export interface Session {
  readonly plan: OwnerAuditPlan
  readonly secrets: Secrets
  readonly sets: { readonly forget: SavedSet; readonly heldOut: SavedSet; readonly retain: SavedSet | null }
}

const PLAN = 'plan.json'
const PRIVATE = 'private'
const SECRETS = path.join(PRIVATE, 'session.json')
const PICTURES = path.join(PRIVATE, 'pictures.safetensors')

export const answersIn = (folder: string): string => path.join(folder, PRIVATE, 'answers')

/** The one form of a plan that its digest is of. */
export const planText = (plan: OwnerAuditPlan): string => canonicalJson(plan)

export const holdsSession = (folder: string): boolean => existsSync(path.join(folder, PLAN))

/** Written before the first question, and again only to name the model after once it is known. */
export function saveSession(folder: string, { plan, secrets, sets }: Session): void {
  mkdirSync(path.join(folder, PRIVATE), { recursive: true, mode: 0o700 })
  const tensors = new Map<string, StoredTensor>()
  for (const name of setNames) {
    const set = sets[name]
    if (set === null) continue
    const { count, height, width, channels, data } = set.images
    tensors.set(name, { dtype: 'U8', shape: [count, height, width, channels], data })
    if (set.labels !== null) tensors.set(`${name}.labels`, i32([count], set.labels))
  }
  const write = (name: string, content: string | Uint8Array) =>
    writeFileSync(path.join(folder, name), content, { mode: 0o600 })
  write(PICTURES, serializeSafetensors(tensors))
  write(SECRETS, JSON.stringify(secrets))
  write(path.join(PRIVATE, 'KEEP-THIS-TO-YOURSELF.txt'), NOTICE)
  write(PLAN, planText(plan))
}

const NOTICE = `This folder holds the pictures of the audit, the answers about them and the salts of their digests.
Whoever verifies with you needs it; whoever only reads the report does not. Do not publish it.
`

/** plan.json as it lies there. */
export const readPlanText = (folder: string): string => readFileSync(path.join(folder, PLAN), 'utf8')

/** @throws DomainError FOLDER_INCOMPLETE, FOLDER_DAMAGED. */
export function loadSession(folder: string): Session {
  const read = (name: string): Buffer => {
    try {
      return readFileSync(path.join(folder, name))
    } catch {
      return refuse(
        'FOLDER_INCOMPLETE',
        `${path.join(folder, name)} is missing; the folder as the audit left it is needed.`,
      )
    }
  }
  const plan = OwnerAuditPlan.safeParse(parsed(read(PLAN)))
  const secrets = Secrets.safeParse(parsed(read(SECRETS)))
  if (!plan.success || !secrets.success)
    return refuse('FOLDER_DAMAGED', `${folder} holds no audit that this kit can read.`)
  const { tensors } = parseSafetensors(read(PICTURES))
  const setOf = (name: SetName, files: SavedFiles): SavedSet => {
    const pictures = tensors.get(name)
    const labels = tensors.get(`${name}.labels`)
    const [count = 0, height = 0, width = 0, channels = 0] = pictures?.shape ?? []
    if (pictures?.dtype !== 'U8' || count !== files.files.length)
      return refuse('FOLDER_DAMAGED', `The pictures of ${folder} do not match its list of files.`)
    return {
      images: { data: pictures.data, count, height, width, channels },
      labels: labels?.dtype === 'I32' ? labels.data : null,
      captions: files.captions,
    }
  }
  const { forget, heldOut, retain } = secrets.data.sets
  const sets = {
    forget: setOf('forget', forget),
    heldOut: setOf('heldOut', heldOut),
    retain: retain === null ? null : setOf('retain', retain),
  }
  return { plan: plan.data, secrets: secrets.data, sets }
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Requests that have an answer in the folder. */
export function countAnswers(folder: string): number {
  const answers = answersIn(folder)
  return existsSync(answers) ? readdirSync(answers).filter((name) => name.endsWith('.safetensors')).length : 0
}
