import { generateKeyPairSync } from 'node:crypto'
import {
  commitToForgetSet,
  commitToSubject,
  freezeForgetSet,
  type ContentId,
  sha256,
  TrainingRecipe,
  UnlearningRecipe,
} from '@lethe/domain'
import { modelSignerFromPem, signModel, versionManifest } from '@lethe/ledger'

/** Ids of a case: version 7 UUIDs that a reader can tell apart. */
const idOf = (kind: number): string => `0198aaaa-0000-7000-8000-${String(kind).padStart(12, '0')}`

export const ids = {
  tenant: idOf(1),
  dataset: idOf(10),
  datasetVersion: idOf(11),
  model: idOf(20),
  original: idOf(21),
  unlearned: idOf(22),
  request: idOf(30),
  run: (number: number) => idOf(40 + number),
  audit: (number: number) => idOf(60 + number),
} as const

/** What the data owner is given, and nobody else: opens the commitments of the case. */
export const opening = {
  subjectKey: 'subject-of-the-small-case',
  salt: Buffer.alloc(32, 5),
  forgetSet: freezeForgetSet(
    Array.from({ length: 96 }, (_, index) => sha256(`picture ${index}`) as string as ContentId),
  ),
}

export const commitments = {
  subject: commitToSubject(opening.salt, opening.subjectKey),
  forgetSet: commitToForgetSet(opening.salt, opening.forgetSet.digest),
  person: (name: string) => sha256(`keyed hash of ${name}`),
}

/** Bytes of files that are in no bundle; only their digests are on record. */
export const files = {
  pack: Buffer.from('pack of the small case'),
  redactedPack: Buffer.from('pack of the small case without the forgotten samples'),
  weights: (version: string) => Buffer.from(`weights of ${version}`),
  state: (version: string) => Buffer.from(`state of ${version}`),
}

/** Made anew by every process: elliptic-curve signatures are never the same twice anyway. */
export const modelSigner = modelSignerFromPem(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
)

const signatureOver = (id: string) =>
  Buffer.from(
    signModel(versionManifest({ id, weights: sha256(files.weights(id)), state: sha256(files.state(id)) }), modelSigner),
  )

/** Signatures over the files of each version, by its id. */
export const signatures: ReadonlyMap<string, Uint8Array> = new Map(
  [ids.original, ids.unlearned].map((id) => [id, signatureOver(id)]),
)

export const subject = (name: string, bytes: Uint8Array | string) => ({ name, digest: { sha256: sha256(bytes) } })

export const recipe = TrainingRecipe.parse({
  framework: 'simclr',
  encoder: { kind: 'compact-conv' },
  views: {},
  temperature: 0.5,
  epochs: 1,
  batchSize: 2,
  optimizer: { learningRate: 0.1 },
  seed: 1,
})

export const unlearning = UnlearningRecipe.parse({
  method: 'alignment-calibration',
  learningRate: 0.01,
  seed: 1,
})

export const provenance = {
  backend: 'cpu',
  backendVersion: '4.22.0',
  tfjsVersion: '4.22.0',
  nodeVersion: '20.19.0',
  codeVersion: 'test',
  platform: 'linux-x64',
  device: 'cpu',
}

export const cost = { wallSeconds: 1.5, cpuSeconds: 2, peakMemoryBytes: 1e6, device: 'cpu' }
