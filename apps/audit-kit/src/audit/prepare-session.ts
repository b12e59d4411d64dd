import { randomBytes, randomInt } from 'node:crypto'
import { ViewConfig, type OwnerAuditPlan, type OwnerEndpoint, type OwnerPictures } from '@lethe/domain'
import { settingsOf, type AuditCommand } from '../command/parse-command.js'
import type { CallOptions } from '../endpoint/call-endpoint.js'
import { readEndpoint, type Endpoint } from '../endpoint/read-endpoint.js'
import { refuse } from '../kit-error.js'
import { withoutCopies } from '../pictures/find-copies.js'
import { loadPictures, type LoadedPictures } from '../pictures/load-pictures.js'
import { numberClasses, packPictures } from '../pictures/pack-pictures.js'
import { commitTo } from '../record/commitment.js'
import type { SavedFiles, SavedSet, Secrets, Session } from '../record/session.js'
import { KIT } from '../version.js'

export interface PreparedSession {
  readonly session: Session
  /** Files that were left out and why, for the owner's eyes. */
  readonly leftOut: readonly { readonly set: string; readonly key: string; readonly reason: string }[]
}

/**
 * Asks both endpoints what they are, reads the pictures and fixes everything that the audit will do.
 * @throws DomainError ARGUMENTS_INVALID, ENDPOINT_*, ENDPOINTS_DIFFER, PICTURES_*, SETS_OVERLAP.
 */
export async function prepareSession(command: AuditCommand, call: CallOptions, now: Date): Promise<PreparedSession> {
  const { before, images, heldOut } = command
  if (before === undefined) return refuse('ARGUMENTS_INVALID', 'Give the address of the model before.', '--before')
  if (images === undefined) return refuse('ARGUMENTS_INVALID', 'Give the folder of your pictures.', '--images')
  if (heldOut === undefined)
    return refuse(
      'ARGUMENTS_INVALID',
      'Give a folder of pictures of the same kind that no model was trained on.',
      '--held-out',
    )
  const [first, second] = await Promise.all([
    readEndpoint(before, call),
    command.after === undefined ? null : readEndpoint(command.after, call),
  ])
  if (second !== null) assertAlike(first, second)
  const sets = await loadSets(command, images, heldOut, first.info.imageSize, call.signal)
  const salts = { forget: newSalt(), heldOut: newSalt(), retain: newSalt() }
  const plan: OwnerAuditPlan = {
    version: 1,
    kit: KIT,
    plannedAt: now.toISOString(),
    endpoints: { before: describe(first), after: second && describe(second) },
    pictures: {
      forget: describeSet(sets.forget, salts.forget),
      heldOut: describeSet(sets.heldOut, salts.heldOut),
      retain: sets.retain && describeSet(sets.retain, salts.retain),
    },
    imageSize: first.info.imageSize,
    views: { ...ViewConfig.parse(first.info.views ?? {}), ...command.views },
    method: command.method,
    policy: { ...command.policy, seed: command.seed ?? randomInt(2 ** 31 - 1) },
    challenge: challengeOf(command.challenge, first, second),
  }
  const secrets: Secrets = {
    version: 1,
    endpoints: { before: remembered(first), after: second && remembered(second) },
    sets: {
      forget: filesOf(sets.forget, salts.forget),
      heldOut: filesOf(sets.heldOut, salts.heldOut),
      retain: sets.retain && filesOf(sets.retain, salts.retain),
    },
    settings: settingsOf(command),
  }
  const leftOut = (['forget', 'heldOut', 'retain'] as const).flatMap((set) =>
    (sets[set]?.leftOut ?? []).map((file) => ({ set, ...file })),
  )
  return { session: { plan, secrets, sets: savedSets(sets, plan.imageSize) }, leftOut }
}

/** @throws DomainError ARGUMENTS_INVALID where there are no weights to derive views from. */
function challengeOf(challenge: string | undefined, before: Endpoint, after: Endpoint | null): string | null {
  if (challenge === undefined) return null
  if (before.info.weightsDigest != null && after?.info.weightsDigest != null) return challenge.slice(0, 256)
  return refuse(
    'ARGUMENTS_INVALID',
    'Views are derived from the weights of both models; this takes both endpoints at once, stating their weights.',
    '--challenge',
  )
}

/** @throws DomainError ENDPOINTS_DIFFER. */
export function assertAlike(before: Endpoint, after: Endpoint): void {
  const differing = before.info.imageSize !== after.info.imageSize || before.representation !== after.representation
  if (!differing) return
  refuse(
    'ENDPOINTS_DIFFER',
    `The model before takes pictures of ${before.info.imageSize} pixels and answers with ${before.representation}, the model after of ${after.info.imageSize} with ${after.representation}: the same questions cannot be put to both.`,
    '--after',
  )
}

interface Sets {
  readonly forget: LoadedPictures
  readonly heldOut: LoadedPictures
  readonly retain: LoadedPictures | null
}

async function loadSets(
  command: AuditCommand,
  images: string,
  heldOut: string,
  imageSize: number,
  signal: AbortSignal,
): Promise<Sets> {
  const { columns, most, leaveOutCopies: leaveOut, retain } = command
  const options = { imageSize, columns, most, signal }
  const forget = await loadPictures(images, '--images', options)
  const unseen = withoutCopies(await loadPictures(heldOut, '--held-out', options), {
    originals: forget,
    imageSize,
    leaveOut,
    meaning: 'Held-out pictures must be unknown to both models, yet some are among your own, or look nearly like one',
    field: '--held-out',
  })
  if (retain === undefined) return { forget, heldOut: unseen, retain: null }
  const kept = withoutCopies(await loadPictures(retain, '--retain', options), {
    originals: forget,
    imageSize,
    leaveOut,
    meaning: 'The model goes on learning from pictures that are, or look nearly like, one that it is to forget',
    field: '--retain',
  })
  const unknown = withoutCopies(unseen, {
    originals: kept,
    imageSize,
    leaveOut,
    meaning: 'Held-out pictures must be unknown to both models, yet some are among the retained ones',
    field: '--held-out',
  })
  return { forget, heldOut: unknown, retain: kept }
}

const newSalt = (): string => randomBytes(32).toString('hex')

export const describe = ({ shownUrl, info, representation }: Endpoint): OwnerEndpoint => ({
  url: shownUrl,
  weightsDigest: info.weightsDigest ?? null,
  representation,
  dimension: info.dimensions[representation] ?? 1,
})

const describeSet = ({ pictures, leftOut }: LoadedPictures, salt: string): OwnerPictures => ({
  count: pictures.length,
  commitment: commitTo(
    pictures.map(({ contentId }) => contentId),
    salt,
  ),
  leftOut: leftOut.length,
})

export const remembered = ({ url, info }: Endpoint) => ({ url, said: info })

const filesOf = ({ pictures }: LoadedPictures, salt: string): SavedFiles => ({
  salt,
  files: pictures.map(({ key, contentId }) => ({ key, contentId })),
  captions: captionsOf({ pictures }),
})

/** Texts count only where every picture has one. */
const captionsOf = ({ pictures }: Pick<LoadedPictures, 'pictures'>): string[] | null => {
  const captions = pictures.flatMap(({ caption }) => (caption === null ? [] : [caption]))
  return captions.length === pictures.length ? captions : null
}

function savedSets({ forget, heldOut, retain }: Sets, imageSize: number): Session['sets'] {
  const all = [forget, heldOut, ...(retain === null ? [] : [retain])]
  const [first, second, third] = numberClasses(all.map(({ pictures }) => pictures))
  const saved = (set: LoadedPictures, labels: Int32Array | null | undefined): SavedSet => ({
    images: packPictures(set.pictures, imageSize),
    labels: labels ?? null,
    captions: captionsOf(set),
  })
  return {
    forget: saved(forget, first),
    heldOut: saved(heldOut, second),
    retain: retain === null ? null : saved(retain, third),
  }
}
