import { verifyEnvelope } from '@lethe/ledger'
import { describe, expect, it } from 'vitest'
import { checkEnvelope, parseEnvelope } from '../../libs/verifier/src/bundle/envelope.js'
import { readModelSignature } from '../../libs/verifier/src/model/model-signature.js'
import { bytesFromHex, hexFromBytes } from '../../libs/verifier/src/encoding/hex.js'
import { rootFromInclusion } from '../../libs/verifier/src/log/inclusion.js'
import { parseTrustRoots } from '../../libs/verifier/src/trust/trust-roots.js'
import { smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import { filesOf } from '../kit/bundle/read-archive.js'
import inclusion from './ledger/inclusion.json' with { type: 'json' }
import signatures from './model-signing/signatures.json' with { type: 'json' }

// The verifier is a second implementation: it must answer the vectors that the platform's own answers.

interface InclusionCase {
  readonly leafHash: string
  readonly index: number
  readonly size: number
  readonly path: string[]
  readonly root: string
}

const bytes = (hex: string) => bytesFromHex(hex) ?? new Uint8Array()

async function leadsToRoot({ leafHash, index, size, path, root }: InclusionCase): Promise<boolean> {
  const found = await rootFromInclusion({ leaf: bytes(leafHash), index, size, path: path.map(bytes) })
  return found !== null && hexFromBytes(found) === root
}

describe.each(inclusion.vectors)('inclusion of leaf $name', ({ proof, corruptions }) => {
  it('is accepted, and each corruption refused', async () => {
    expect(await leadsToRoot(proof)).toBe(true)
    for (const { name, change } of corruptions)
      expect([name, await leadsToRoot({ ...proof, ...(change as Partial<InclusionCase>) })]).toEqual([name, false])
  })
})

/** What the verifier says where the platform refuses by these codes. */
const answers: Readonly<Record<string, string>> = {
  MODEL_SIGNATURE_MALFORMED: 'malformed',
  UNTRUSTED: 'untrusted',
  SIGNATURE_INVALID: 'invalid',
}

describe('model signatures, those of the public tool among them', () => {
  it.each(signatures)('$name', async ({ name, signature, key, files, code }) => {
    const { models } = await parseTrustRoots(`log ${encodedLog()}\nmodel ${key}`)
    const read = await readModelSignature(Buffer.from(signature), models)
    if (code !== null && code !== 'MODEL_FILES_MISMATCH') return expect(read).toBe(answers[code])
    if (typeof read === 'string') throw new Error(`${name} is ${read}`)
    const present = new Map(files.map((file) => [file.name, file.digest]))
    const areAllThere = [...read.files].every(([path, digest]) => present.get(path) === digest)
    // What else lies beside the files is a folder's business, and no folder is in a bundle.
    expect(areAllThere).toBe(code === null || name.endsWith('file that nobody signed'))
  })
})

const encodedLog = () => smallBundle([]).trust.split('\n')[0]?.slice('log '.length) ?? ''

describe('envelopes', () => {
  it('are accepted and refused alike by the platform and by the verifier', async () => {
    const files = await filesOf(smallBundle([]).bytes)
    const [, envelopeBytes] = [...files].find(([path]) => path.startsWith('statements/')) ?? []
    const envelope = JSON.parse(String(envelopeBytes)) as {
      payload: string
      signatures: { keyid: string; sig: string }[]
    }
    const [signature] = envelope.signatures
    const { logs } = await parseTrustRoots(smallBundle([]).trust)
    const both = async (each: object) => {
      const parsed = parseEnvelope(each)
      const ours = parsed !== null && (await checkEnvelope(parsed, logs)) === 'valid'
      let theirs = true
      try {
        verifyEnvelope(each, [smallSigner])
      } catch {
        theirs = false
      }
      return [ours, theirs]
    }
    expect(await both(envelope)).toEqual([true, true])
    for (const wrong of [
      { ...envelope, payload: `${envelope.payload}=` },
      { ...envelope, payload: Buffer.from('{}').toString('base64') },
      { ...envelope, payloadType: 'text/plain' },
      { ...envelope, signatures: [] },
      { ...envelope, signatures: [{ ...signature, keyid: 'other+00000000' }] },
      { ...envelope, signatures: [{ ...signature, sig: Buffer.alloc(64).toString('base64') }] },
      { ...envelope, signatures: [signature, { ...signature, sig: 'AAAA' }] },
    ])
      expect(await both(wrong)).toEqual([false, false])
  })
})
