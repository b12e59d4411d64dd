import { describe, expect, it } from 'vitest'
import { generateKeyPairSync } from 'node:crypto'
import { leafHash } from '../tree/hash.js'
import { cosign, verifyCosignatures } from './cosignature.js'
import { signLogCheckpoint, verifyLogCheckpoint } from './log-checkpoint.js'
import { encodeSigner, encodeVerifier, parseVerifier, parseWitness, parseWitnessSigner } from './log-key.js'
import { signerFromSeed, witnessFromPrivateKey } from './log-key.js'
import { exportKey } from './export-key.js'
import { parseTrustRoots, trustRootLines } from './trust-roots.js'

const refusal = (code: string) => expect.objectContaining({ code }) as Error
const log = signerFromSeed('lethe.test/log/a', Buffer.alloc(32, 1))
const witness = witnessFromPrivateKey('witness.test/w1', generateKeyPairSync('ed25519').privateKey)
const note = signLogCheckpoint({ origin: log.name, size: 3, root: leafHash(Buffer.from('x')) }, log)
const at = new Date('2026-03-01T12:00:00Z')

describe('cosignatures', () => {
  // The example of C2SP tlog-cosignature, whose witness key is not published: its id and time must be read all the same.
  it('are read where the specification writes them', () => {
    const example =
      'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
      '— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n' +
      '— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n'
    const impostor = { ...witness, name: 'witness.example.com/w1', id: '8d66cf3f' }
    expect(() => verifyCosignatures(example, [impostor])).toThrow(refusal('SIGNATURE_INVALID'))
    expect(verifyCosignatures(example, [witness])).toEqual([])
  })
  it('say who and when, and leave the checkpoint what it was', () => {
    const cosigned = cosign(note, witness, at)
    expect(verifyCosignatures(cosigned, [parseWitness(encodeVerifier(witness))])).toEqual([
      { witness: parseWitness(encodeVerifier(witness)), at },
    ])
    expect(verifyLogCheckpoint(cosigned, [log])).toEqual(verifyLogCheckpoint(note, [log]))
    expect(cosigned.startsWith(note)).toBe(true)
    expect(verifyCosignatures(note, [witness])).toEqual([])
  })
  it.each([
    ['another time', 8],
    ['a flipped signature bit', 40],
  ])('are refused with %s', (_, byte) => {
    const cosigned = cosign(note, witness, at)
    const encoded = cosigned.slice(cosigned.lastIndexOf(' ') + 1, -1)
    const blob = Buffer.from(encoded, 'base64')
    blob.writeUInt8(blob.readUInt8(byte) ^ 1, byte)
    const changed = cosigned.replace(encoded, blob.toString('base64'))
    expect(() => verifyCosignatures(changed, [witness])).toThrow(refusal('SIGNATURE_INVALID'))
  })
  it('are refused over another checkpoint, and as the signature of a log', () => {
    const other = signLogCheckpoint({ origin: log.name, size: 4, root: leafHash(Buffer.from('y')) }, log)
    const line = cosign(note, witness, at).slice(note.length)
    expect(() => verifyCosignatures(other + line, [witness])).toThrow(refusal('SIGNATURE_INVALID'))
    const asLog = signLogCheckpoint(
      { origin: witness.name, size: 4, root: leafHash(Buffer.from('y')) },
      {
        ...log,
        name: witness.name,
      },
    )
    expect(() => verifyLogCheckpoint(asLog, [log])).toThrow(refusal('UNTRUSTED'))
  })
  it('have keys that are no log keys', () => {
    expect(parseWitnessSigner(encodeSigner(witness))).toMatchObject({ name: witness.name, id: witness.id })
    expect(() => parseVerifier(encodeVerifier(witness))).toThrow(refusal('KEY_MALFORMED'))
    expect(() => parseWitness(encodeVerifier(log))).toThrow(refusal('KEY_MALFORMED'))
  })
})

describe('trust roots', () => {
  const model = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ type: 'spki', format: 'der' })
    .toString('base64')
  const exported = exportKey('a secret', 'lethe.example')
  const lines = trustRootLines({ logs: [log], models: [model], witnesses: [witness], exports: [exported] })

  it('are read as they are written, comments and empty lines aside', () => {
    const roots = parseTrustRoots(['# keys of lethe.test', '', ...lines, ''].join('\r\n'))
    expect(trustRootLines(roots)).toEqual(lines)
  })
  it.each([
    ['an unknown word', 'root x', 2],
    ['a witness key for a log', lines[2]?.replace('witness ', 'log ') ?? '', 2],
    ['a cut key', lines[0]?.slice(0, -2) ?? '', 2],
    ['a key for models that is none', 'model AAAA', 2],
    ['a log key for models', `model ${log.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`, 2],
    ['a private key', `log ${encodeSigner(log)}`, 2],
  ])('with %s are refused, and the line is named', (_, line, at) => {
    expect(() => parseTrustRoots(`# first\n${line}\n`)).toThrow(
      expect.objectContaining({ code: 'TRUST_MALFORMED', field: `trust.${at}` }) as Error,
    )
  })
})
