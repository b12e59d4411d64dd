import { parseVerifier, parseWitness, verifyCosignatures, verifyLogCheckpoint } from '@lethe/ledger'
import { describe, expect, it } from 'vitest'
import { checkCosignature, checkNoteSignature } from '../../libs/verifier/src/log/check-note-signature.js'
import { parseCheckpoint } from '../../libs/verifier/src/log/log-checkpoint.js'
import { parseTrustRoots } from '../../libs/verifier/src/trust/trust-roots.js'
import vectors from './ledger/signed-notes.json' with { type: 'json' }

interface NoteCase {
  readonly name: string
  readonly note: string
  readonly logKeys: string[]
  readonly witnessKey: string
  readonly accept: boolean
  readonly seenAt: number | null
}
const cases = vectors.notes as NoteCase[]
const accepted = { size: 42, root: vectors.root }

/** What the platform reads: the head, and when the witness saw it last. */
function platform({ note, logKeys, witnessKey }: NoteCase) {
  const { size, root } = verifyLogCheckpoint(note, logKeys.map(parseVerifier))
  const times = verifyCosignatures(note, [parseWitness(witnessKey)]).map(({ at }) => at.getTime() / 1000)
  return { size, root: Buffer.from(root).toString('hex'), seenAt: times.length === 0 ? null : Math.max(...times) }
}

/** What the verifier, which shares no code with the platform, reads. */
async function verifier({ note, logKeys, witnessKey }: NoteCase) {
  const lines = [...logKeys.map((key) => `log ${key}`), `witness ${witnessKey}`]
  const { logs, witnesses } = await parseTrustRoots(lines.join('\n'))
  const checkpoint = parseCheckpoint(note)
  const [witness] = witnesses
  if (checkpoint === null || witness === undefined) throw new Error('refused: form')
  const signed = await Promise.all(logs.map((key) => checkNoteSignature(checkpoint.note, key)))
  const cosigned = await checkCosignature(checkpoint.note, witness)
  if (signed.includes('invalid') || !signed.includes('valid') || cosigned.outcome === 'invalid')
    throw new Error('refused: signature')
  return { size: checkpoint.size, root: Buffer.from(checkpoint.root).toString('hex'), seenAt: cosigned.seenAt }
}

describe.each([
  ['the platform', (vector: NoteCase) => Promise.resolve().then(() => platform(vector))],
  ['the verifier', verifier],
] as const)('%s', (_, read) => {
  it.each(cases.filter(({ accept }) => accept))('accepts a checkpoint $name', async (vector) => {
    expect(await read(vector)).toEqual({ ...accepted, seenAt: vector.seenAt })
  })
  it.each(cases.filter(({ accept }) => !accept))('refuses a checkpoint: $name', async (vector) => {
    await expect(read(vector)).rejects.toThrow()
  })
})
