import { ContentId, Digest, DomainError, Provenance, RunCost, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import type { CheckpointBytes } from '@lethe/engine'
import { versionFiles } from '@lethe/ledger'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { describeIssue } from './describe-issue.js'

const FORMAT = 'lethe-model/1'

/** Files of a model directory. Weights and state are what the platform stores, byte for byte. */
export const modelFiles = {
  weights: versionFiles.weights,
  state: versionFiles.state,
  manifest: 'manifest.json',
  /** Content ids that the model has forgotten, one per line: what further unlearning must leave out. */
  forgotten: 'forgotten.txt',
  /** Where an unfinished run left off. */
  resume: 'resume.safetensors',
  pack: 'pack.safetensors',
} as const

const Blob = z.object({ digest: Digest, size: z.int().min(0) })

/** Where a model comes from; what the platform keeps in its tables. Paths are relative to the directory. */
export const ModelManifest = z.object({
  format: z.literal(FORMAT),
  origin: z.enum(['pretrain', 'unlearn', 'import']),
  /** Null for imported weights. */
  recipe: TrainingRecipe.nullable(),
  dataset: z
    .object({
      digest: Digest,
      file: z.string(),
      imageSize: z.int().min(1),
      trainCount: z.int().min(0),
      /** JSON Lines with each sample's key and owner, where there is one beside the pack. */
      samples: z.string().nullable(),
    })
    .nullable(),
  checkpoint: z.object({ weights: Blob, state: Blob.nullable() }),
  parent: z.object({ directory: z.string(), weights: Blob }).nullable(),
  unlearning: UnlearningRecipe.nullable(),
  forget: z
    .object({
      digest: Digest,
      count: z.int().min(1),
      /** Samples that stayed although they resemble one of these; missing where nobody looked. */
      resembling: z.array(ContentId).optional(),
    })
    .nullable(),
  curve: z.array(
    z.object({
      epoch: z.int(),
      loss: z.number(),
      knnAccuracy: z.number().optional(),
      probeAccuracy: z.number().optional(),
    }),
  ),
  cost: RunCost.nullable(),
  provenance: Provenance.nullable(),
})
export type ModelManifest = z.infer<typeof ModelManifest>

export interface ModelDirectory {
  readonly directory: string
  readonly manifest: ModelManifest
  readonly checkpoint: { readonly weights: Uint8Array; readonly state: Uint8Array | null }
  readonly forgotten: readonly ContentId[]
}

export const digestOf = (bytes: Uint8Array): Digest => createHash('sha256').update(bytes).digest('hex') as Digest

export const blobOf = (bytes: Uint8Array): z.infer<typeof Blob> => ({ digest: digestOf(bytes), size: bytes.length })

export const isModelDirectory = (directory: string): boolean => existsSync(path.join(directory, modelFiles.manifest))

/** @throws DomainError MODEL_MISSING, MODEL_INVALID, MODEL_CORRUPT naming `field`. */
export function readModelDirectory(directory: string, field: string): ModelDirectory {
  const manifest = readManifest(directory, field)
  const { weights, state } = manifest.checkpoint
  const read = (name: string, blob: z.infer<typeof Blob>): Uint8Array => {
    const file = path.join(directory, name)
    if (!existsSync(file)) throw new DomainError('MODEL_CORRUPT', `${file} is missing; copy the whole folder.`, field)
    const bytes = readFileSync(file)
    if (digestOf(bytes) !== blob.digest)
      throw new DomainError('MODEL_CORRUPT', `${file} is not the file that its manifest names; copy it again.`, field)
    return bytes
  }
  return {
    directory,
    manifest,
    checkpoint: {
      weights: read(modelFiles.weights, weights),
      state: state === null ? null : read(modelFiles.state, state),
    },
    forgotten: readForgotten(directory, field),
  }
}

function readManifest(directory: string, field: string): ModelManifest {
  const file = path.join(directory, modelFiles.manifest)
  if (!existsSync(file))
    throw new DomainError(
      'MODEL_MISSING',
      `${directory} holds no ${modelFiles.manifest}; name a folder that lethe train, unlearn or model import wrote.`,
      field,
    )
  const parsed = ModelManifest.safeParse(parseJson(readFileSync(file, 'utf8')))
  if (parsed.success) return parsed.data
  throw new DomainError('MODEL_INVALID', `${file} is no ${FORMAT}: ${describeIssue(parsed.error)}.`, field)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function readForgotten(directory: string, field: string): ContentId[] {
  const file = path.join(directory, modelFiles.forgotten)
  return existsSync(file) ? parseContentIds(readFileSync(file, 'utf8'), file, field) : []
}

/** Content ids, one per line. @throws DomainError FORGET_SET_INVALID naming the first line that is none. */
export function parseContentIds(text: string, file: string, field: string): ContentId[] {
  const lines = text.split('\n').map((line) => line.trim())
  const wrong = lines.findIndex((line) => line !== '' && !ContentId.safeParse(line).success)
  if (wrong >= 0)
    throw new DomainError(
      'FORGET_SET_INVALID',
      `Line ${wrong + 1} of ${file} is no content id; give one SHA-256 in lower-case hex per line.`,
      field,
    )
  return [...new Set(lines.filter((line) => line !== '') as ContentId[])]
}

/** Writes a model; its manifest comes last, so that a folder with a manifest is whole. */
export function writeModelDirectory(
  directory: string,
  model: {
    checkpoint: CheckpointBytes | { weights: Uint8Array; state: null }
    manifest: Omit<ModelManifest, 'format' | 'checkpoint'>
    forgotten?: readonly ContentId[]
  },
): ModelManifest {
  const { weights, state } = model.checkpoint
  mkdirSync(directory, { recursive: true })
  writeWhole(path.join(directory, modelFiles.weights), weights)
  if (state !== null) writeWhole(path.join(directory, modelFiles.state), state)
  if (model.forgotten !== undefined && model.forgotten.length > 0)
    writeWhole(path.join(directory, modelFiles.forgotten), model.forgotten.map((id) => `${id}\n`).join(''))
  const manifest: ModelManifest = {
    format: FORMAT,
    ...model.manifest,
    checkpoint: { weights: blobOf(weights), state: state === null ? null : blobOf(state) },
  }
  writeWhole(path.join(directory, modelFiles.manifest), `${JSON.stringify(manifest, null, 2)}\n`)
  return manifest
}

/** A file is there whole or not at all. */
export function writeWhole(file: string, content: Uint8Array | string): void {
  const partial = `${file}.partial`
  writeFileSync(partial, content)
  renameSync(partial, file)
}
