import {
  leafHash,
  parseVerifier,
  verifierFromPublicKey,
  verifyInclusion,
  verifyLogCheckpoint,
  type LogVerifier,
} from '@lethe/ledger'
import { createPublicKey } from 'node:crypto'
import type { Audit, ErasureRequest } from './api/erasure-api.js'
import { readEvidence, readEvidenceLog, type EvidenceEntry, type EvidenceLog } from './api/evidence-api.js'
import { findModel } from './api/model-api.js'
import { embedPicture } from './api/embed-api.js'
import { firstThumbnail } from './api/dataset-api.js'
import { pause } from './follow-run.js'
import type { Cast } from './people.js'
import type { Scenario } from './scenario.js'

export interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

export interface Outcome {
  readonly request: ErasureRequest
  readonly audit: Audit
  readonly datasetVersionId: string
  readonly pretrainedId: string
}

export interface VerifiedOutcome {
  readonly checks: readonly Check[]
  readonly evidence: readonly EvidenceEntry[]
  readonly log: EvidenceLog
}

const publishedWithinMs = 60_000
const deployedWithinMs = 20_000
const pollMs = 500

/** Checks from outside that the platform did what it says, whatever the verdict was. */
export async function verifyOutcome(options: {
  cast: Cast
  scenario: Scenario
  embeddingUrl: string
  outcome: Outcome
  /** Base64 SPKI of the platform's log key, as its operator knows it; the log's own word is taken without it. */
  logPublicKey?: string
}): Promise<VerifiedOutcome> {
  const { cast, scenario, outcome } = options
  const { evidence, log } = await awaitPublished(cast, outcome.request.id)
  const checks = await Promise.all([
    check('Every entry is in the signed log', () => verifyEntries(evidence, log, options.logPublicKey)),
    check('The clock says what the verdict implies', () => verifyClock(outcome)),
    check('The endpoint serves the right version', () => verifyEndpoint(cast, scenario, options.embeddingUrl, outcome)),
    check('Another tenant sees none of it', () => verifyIsolation(cast, outcome)),
  ])
  return { checks, evidence, log }
}

async function check(name: string, body: () => string | Promise<string>): Promise<Check> {
  try {
    return { name, ok: true, detail: await body() }
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** Evidence is integrated a moment after the transaction that wrote it. */
async function awaitPublished(cast: Cast, requestId: string): Promise<{ evidence: EvidenceEntry[]; log: EvidenceLog }> {
  for (const deadline = Date.now() + publishedWithinMs; ; await pause(pollMs)) {
    const evidence = await readEvidence(cast.as.auditor, requestId)
    const isPublished = evidence.length > 0 && evidence.every((entry) => entry.inclusionProof !== null)
    if (isPublished || Date.now() > deadline) return { evidence, log: await readEvidenceLog(cast.as.auditor) }
  }
}

function verifyEntries(entries: readonly EvidenceEntry[], log: EvidenceLog, logPublicKey?: string): string {
  const trusted = trustedKey(log, logPublicKey)
  for (const { seq, body, inclusionProof, leafHash: claimed } of entries) {
    if (!inclusionProof) throw new Error(`Entry ${seq} is not under a log checkpoint yet.`)
    const leaf = leafHash(Buffer.from(body))
    if (!leaf.equals(Buffer.from(claimed, 'base64'))) throw new Error(`The body of entry ${seq} was changed.`)
    const { root, size } = verifyLogCheckpoint(inclusionProof.checkpoint.note, [trusted])
    const path = inclusionProof.hashes.map((hash) => Buffer.from(hash, 'base64'))
    verifyInclusion({ leafHash: leaf, index: inclusionProof.leafIndex, size, path }, root)
  }
  const source = logPublicKey ? 'a key known beforehand' : 'the key that the log itself names'
  return `${entries.length} entries prove their place in a log of ${log.size}, signed by ${source}`
}

function trustedKey(log: EvidenceLog, logPublicKey?: string): LogVerifier {
  const { name } = parseVerifier(log.verifierKey)
  if (!logPublicKey) return parseVerifier(log.verifierKey)
  const publicKey = createPublicKey({ key: Buffer.from(logPublicKey, 'base64'), format: 'der', type: 'spki' })
  return verifierFromPublicKey(name, publicKey)
}

function verifyClock({ request, audit }: Outcome): string {
  const expected = audit.verdict === 'PASS' ? 'MET' : 'RUNNING'
  if (request.clock.state !== expected) throw new Error(`The clock is ${request.clock.state}, not ${expected}.`)
  const due = request.clock.dueAt.slice(0, 10)
  return expected === 'MET' ? `stopped in time; due ${due}` : `still running, as it must; due ${due}`
}

/** PASS promotes the version that forgot; any other verdict leaves the old one where it was. */
async function verifyEndpoint(cast: Cast, scenario: Scenario, embeddingUrl: string, outcome: Outcome): Promise<string> {
  const wanted = outcome.audit.verdict === 'PASS' ? outcome.audit.after : outcome.audit.before
  const model = await findModel(cast.as.engineer, scenario.modelName)
  if (model?.productionVersion?.id !== wanted.id)
    throw new Error(`Version ${model?.productionVersion?.number ?? 'none'} is in production, not ${wanted.number}.`)
  const thumbnail = await cast.as.engineer.send(await firstThumbnail(cast.as.engineer, outcome.datasetVersionId))
  const picture = new Uint8Array(await thumbnail.arrayBuffer())
  const embedding = await untilDeployed(() => embedPicture(cast.as.data_owner, embeddingUrl, wanted.id, picture))
  return `version ${wanted.number} answers the data owner with ${embedding.length} numbers a picture`
}

/** A promoted version is served a moment after the transaction that promoted it. */
async function untilDeployed<T>(ask: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + deployedWithinMs; ; await pause(pollMs)) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

async function verifyIsolation(cast: Cast, { request, pretrainedId }: Outcome): Promise<string> {
  const seen = await cast.stranger.request<{
    erasureRequest: unknown
    modelVersion: unknown
    models: { totalCount: number }
  }>(
    `query ($request: ID!, $version: ID!) {
        erasureRequest(id: $request) { id } modelVersion(id: $version) { id } models(first: 1) { totalCount }
      }`,
    { request: request.id, version: pretrainedId },
  )
  if (seen.erasureRequest !== null || seen.modelVersion !== null || seen.models.totalCount !== 0)
    throw new Error('Another tenant can read the request or its model.')
  return 'same ids, asked by another tenant: not found'
}
