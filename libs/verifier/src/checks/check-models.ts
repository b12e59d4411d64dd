import { modelSignaturePath, signedVersionOf } from '../archive/bundle-paths.js'
import type { Statement } from '../bundle/statement.js'
import { sha256Hex } from '../crypto/digest.js'
import { readModelSignature } from '../model/model-signature.js'
import { finding, type Finding } from '../report/finding.js'
import { ownOfKind, type Case, type CheckOfCase } from './case.js'

/** Digests that statements give a thing of a model version, such as its weights. */
interface Named {
  readonly path: string
  /** `<model version>/weights`, `/state` or `/signature`. */
  readonly thing: string
  readonly digest: string
}

/** Every digest of a part of a model version that any statement names; a version alone stands for its weights. */
const namedParts = (statements: readonly Statement[]): Named[] =>
  statements.flatMap((statement) => [
    ...statement.subjects.flatMap(({ name, digest }) => {
      const [, version, part = 'weights'] =
        /^model-version\/([0-9a-f-]{36})(?:\/(weights|state|signature))?$/.exec(name) ?? []
      return version === undefined ? [] : [{ path: statement.path, thing: `${version}/${part}`, digest: digest.sha256 }]
    }),
    ...(statement.kind === 'model-unlearned/v1' ? [parentOf(statement)] : []),
  ])

const parentOf = ({ path, predicate: { parent } }: Statement<'model-unlearned/v1'>): Named => ({
  path,
  thing: `${parent.modelVersionId}/weights`,
  digest: parent.weightsDigest,
})

/** All statements speak of the same weights, and every version that was planned or audited has its provenance. */
export const checkModels: CheckOfCase = (of) => {
  const { statements } = of.bundle
  const findings: Finding[] = []
  const first = new Map<string, string>()
  for (const { path, thing, digest } of namedParts(statements)) {
    const known = first.get(thing)
    if (known !== undefined && known !== digest) findings.push(finding('WEIGHTS_DIFFER', path, thing))
    first.set(thing, known ?? digest)
  }
  const made = madeVersions(of)
  const spokenOf = new Map<string, string>()
  for (const { path, predicate } of ownOfKind(of, 'audit-completed/v1'))
    for (const id of [predicate.before, predicate.after]) spokenOf.set(id, path)
  for (const { path, predicate } of ownOfKind(of, 'erasure-planned/v1'))
    for (const { modelVersionId } of predicate.items) spokenOf.set(modelVersionId, path)
  for (const [id, path] of spokenOf) if (!made.has(id)) findings.push(finding('MODEL_STATEMENT_MISSING', path, id))
  return { findings, isSkipped: spokenOf.size === 0, facts: { versions: spokenOf.size } }
}

const madeVersions = ({ bundle: { statements } }: Case): ReadonlyMap<string, Statement> =>
  new Map(
    statements.flatMap((statement) =>
      statement.kind === 'model-trained/v1' || statement.kind === 'model-unlearned/v1'
        ? [[statement.predicate.modelVersionId, statement] as const]
        : [],
    ),
  )

/** Model signatures are by a trusted key, over the files whose digests the provenance names. */
export const checkModelSignatures: CheckOfCase = async (of) => {
  const { files } = of.bundle
  const signed = [...files].flatMap(([path, bytes]) => {
    const id = signedVersionOf(path)
    return id === null ? [] : [{ id, path, bytes }]
  })
  const findings: Finding[] = missingSignatures(of)
  for (const each of signed) findings.push(...(await signatureFindings(of, each)))
  return { findings, isSkipped: signed.length === 0, facts: { signatures: signed.length } }
}

function missingSignatures(of: Case): Finding[] {
  return namedParts(of.bundle.statements)
    .filter(({ thing }) => thing.endsWith('/signature'))
    .map(({ path, thing }) => ({ path, file: modelSignaturePath(thing.slice(0, 36)) }))
    .filter(({ file }) => !of.bundle.files.has(file))
    .map(({ path, file }) => finding('MODEL_SIGNATURE_MISSING', path, file))
}

async function signatureFindings(
  of: Case,
  { id, path, bytes }: { id: string; path: string; bytes: Uint8Array },
): Promise<Finding[]> {
  if (of.trust.models.length === 0) return [finding('MODEL_KEY_NOT_GIVEN', path)]
  const read = await readModelSignature(bytes, of.trust.models)
  if (read === 'malformed') return [finding('MODEL_SIGNATURE_MALFORMED', path)]
  if (read === 'untrusted') return [finding('KEY_UNTRUSTED', path, 'model')]
  if (read === 'invalid') return [finding('SIGNATURE_INVALID', path, 'model')]
  const statement = madeVersions(of).get(id)
  if (statement === undefined) return [finding('MODEL_STATEMENT_MISSING', path, id)]
  const digestOf = (part: string) =>
    statement.subjects.find(({ name }) => name === `model-version/${id}/${part}`)?.digest.sha256
  const expected = [
    ['weights.safetensors', digestOf('weights')],
    ['state.safetensors', digestOf('state')],
  ] as const
  const isSame =
    read.files.size === expected.length && expected.every(([name, digest]) => read.files.get(name) === digest)
  const stated = digestOf('signature')
  const isStated = stated === undefined || stated === (await sha256Hex(bytes))
  return [
    ...(isSame ? [] : [finding('MODEL_FILES_DIFFER', path, id)]),
    ...(isStated ? [] : [finding('MODEL_FILES_DIFFER', path, `${id}/signature`)]),
  ]
}
