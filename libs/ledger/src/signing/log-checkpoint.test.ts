import { describe, expect, it } from 'vitest'
import { leafHash } from '../tree/hash.js'
import { logOrigin, parseLogCheckpoint, signLogCheckpoint, verifyLogCheckpoint } from './log-checkpoint.js'
import { encodeSigner, encodeVerifier, parseSigner, parseVerifier, signerFromSeed } from './log-key.js'
import { signNote, verifyNote } from './signed-note.js'

const refusal = (code: string) => expect.objectContaining({ code }) as Error

describe('signed notes', () => {
  // The example of golang.org/x/mod/sumdb/note: an implementation that is not ours signed it.
  const verifier = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
  const signer = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz'
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  const note = `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`

  it('are the same characters that Go signs and verifies', () => {
    expect(signNote(text, [parseSigner(signer)])).toBe(note)
    expect(verifyNote(note, [parseVerifier(verifier)]).text).toBe(text)
  })
  it('name keys as Go does', () => {
    expect(encodeVerifier(parseVerifier(verifier))).toBe(verifier)
    expect(encodeSigner(parseSigner(signer))).toBe(signer)
    expect(encodeVerifier(parseSigner(signer))).toBe(verifier)
  })
  it.each([
    ['another id', verifier.replace('c74f20a3', 'c74f20a4')],
    ['another name', verifier.replace('Peter', 'Petra')],
    ['a flipped bit', verifier.replace('ARpc', 'ARpd')],
    ['another type', verifier.replace('ARpc', 'BBpc')],
    ['its end cut', verifier.slice(0, -4)],
    ['loose base64', `${verifier}=`],
    ['nothing', ''],
  ])('refuse a key with %s', (_, key) => {
    expect(() => parseVerifier(key)).toThrow(refusal('KEY_MALFORMED'))
  })
  it('refuse a public key where a signing key is meant', () => {
    expect(() => parseSigner(verifier)).toThrow(refusal('KEY_MALFORMED'))
  })
  it.each(['', 'two words', 'a+b', 'tab\tname', 'no\u00a0break'])('refuse the key name %j', (name) => {
    expect(() => signerFromSeed(name, Buffer.alloc(32))).toThrow(refusal('KEY_MALFORMED'))
  })
})

describe('log checkpoints', () => {
  const origin = logOrigin('lethe.test', '0190b2f4-0000-7000-8000-000000000001')
  const key = signerFromSeed(origin, Buffer.alloc(32, 7))
  const rotated = signerFromSeed(origin, Buffer.alloc(32, 8))
  const witness = signerFromSeed('witness.example/w1', Buffer.alloc(32, 9))
  const head = { origin, size: 42, root: leafHash(Buffer.from('head')) }
  const note = signLogCheckpoint(head, key)

  it('come back as they were signed, under a key that the verifier already had', () => {
    expect(verifyLogCheckpoint(note, [parseVerifier(encodeVerifier(key))])).toEqual(head)
    expect(parseLogCheckpoint(note)).toEqual(head)
  })
  it('still verify after the key was rotated, as long as the old key is trusted', () => {
    expect(verifyLogCheckpoint(note, [rotated, key])).toEqual(head)
    expect(() => verifyLogCheckpoint(note, [rotated])).toThrow(refusal('UNTRUSTED'))
  })
  it('may be cosigned by witnesses, who do not stand in for the log', () => {
    const text = note.slice(0, note.indexOf('\n\n') + 1)
    const cosigned = signNote(text, [key, witness])
    expect(verifyLogCheckpoint(cosigned, [key])).toEqual(head)
    expect(verifyLogCheckpoint(cosigned, [key, witness])).toEqual(head)
    expect(() => verifyLogCheckpoint(cosigned, [witness])).toThrow(refusal('UNTRUSTED'))
  })
  it('of one tenant are not those of another, though both logs use one key', () => {
    const other = signerFromSeed(logOrigin('lethe.test', '0190b2f4-0000-7000-8000-000000000002'), Buffer.alloc(32, 7))
    expect(other.id).not.toBe(key.id)
    expect(() => verifyLogCheckpoint(note, [other])).toThrow(refusal('UNTRUSTED'))
    expect(() => signLogCheckpoint(head, other)).toThrow(refusal('CHECKPOINT_MALFORMED'))
  })

  const rootText = head.root.toString('base64')
  it.each([
    ['another size', (n: string) => n.replace('\n42\n', '\n43\n'), 'SIGNATURE_INVALID'],
    [
      'another root',
      (n: string) => n.replace(rootText, leafHash(Buffer.from('forged')).toString('base64')),
      'SIGNATURE_INVALID',
    ],
    ['another origin', (n: string) => n.replace(origin, `${origin}0`), 'SIGNATURE_INVALID'],
    ['an extension line added', (n: string) => n.replace('\n\n', '\nextra\n\n'), 'SIGNATURE_INVALID'],
    ['a flipped signature bit', (n: string) => flipLastSignatureByte(n), 'SIGNATURE_INVALID'],
    [
      'a forged signature beside the true one',
      (n: string) => n + flipLastSignatureByte(n).slice(n.indexOf('— ')),
      'SIGNATURE_INVALID',
    ],
    ['no signature line', (n: string) => n.slice(0, n.indexOf('\n\n') + 2), 'NOTE_MALFORMED'],
    ['no empty line', (n: string) => n.replace('\n\n', '\n'), 'NOTE_MALFORMED'],
    ['no final newline', (n: string) => n.slice(0, -1), 'NOTE_MALFORMED'],
    ['a hyphen for the dash', (n: string) => n.replace('—', '-'), 'NOTE_MALFORMED'],
    ['a carriage return', (n: string) => n.replace('\n42\n', '\r\n42\r\n'), 'NOTE_MALFORMED'],
    ['loose base64 in the signature', (n: string) => n.replace(/\n$/, '=\n'), 'NOTE_MALFORMED'],
    ['half a surrogate pair', (n: string) => n.replace('lethe', '\ud800'), 'NOTE_MALFORMED'],
    ['a hundred signatures more', (n: string) => n + n.slice(n.indexOf('— ')).repeat(100), 'NOTE_MALFORMED'],
    ['a million characters more', (n: string) => 'x'.repeat(1_000_000) + n, 'NOTE_MALFORMED'],
  ])('with %s are refused', (_, corrupt, code) => {
    expect(() => verifyLogCheckpoint(corrupt(note), [key])).toThrow(refusal(code))
  })

  it.each([
    ['a leading zero', `${origin}\n042\n${rootText}\n`],
    ['a sign', `${origin}\n+42\n${rootText}\n`],
    ['an exponent', `${origin}\n4e1\n${rootText}\n`],
    ['a size beyond 2^53', `${origin}\n9007199254740993\n${rootText}\n`],
    ['a short root', `${origin}\n42\n${rootText.slice(4)}\n`],
    ['no origin', `\n42\n${rootText}\n`],
    ['two lines', `${origin}\n42\n`],
    ['an empty line', `${origin}\n42\n${rootText}\n\nextra\n`],
  ])('are refused when the log itself signs %s', (_, text) => {
    expect(() => verifyLogCheckpoint(signNote(text, [key]), [key])).toThrow(refusal('CHECKPOINT_MALFORMED'))
  })

  it('are not signed when no log could have them', () => {
    expect(() => signLogCheckpoint({ ...head, size: -1 }, key)).toThrow(refusal('CHECKPOINT_MALFORMED'))
    expect(() => signLogCheckpoint({ ...head, size: 1.5 }, key)).toThrow(refusal('CHECKPOINT_MALFORMED'))
    expect(() => signLogCheckpoint({ ...head, root: Buffer.alloc(31) }, key)).toThrow(refusal('CHECKPOINT_MALFORMED'))
  })
})

function flipLastSignatureByte(note: string): string {
  const [, head = '', encoded = ''] = /^([^]*— \S+ )(\S+)\n$/u.exec(note) ?? []
  const bytes = Buffer.from(encoded, 'base64')
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1)
  return `${head}${bytes.toString('base64')}\n`
}
