import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Digest } from '@lethe/domain'
import { dsse } from '@sigstore/core'
import { bundleFromJSON } from '@sigstore/bundle'
import { toSignedEntity, Verifier } from '@sigstore/verify'
import { afterAll, describe, expect, it } from 'vitest'
import {
  encodeModelVerifier,
  type ModelSigner,
  modelSignerFromPem,
  type ModelVerifier,
  modelVerifierPem,
  parseModelVerifier,
} from './model-key.js'
import { signModel, verifyModelSignature } from './model-signature.js'
import { versionFiles, versionManifest } from './version-files.js'

const pemOf = (namedCurve: string): string =>
  generateKeyPairSync('ec', { namedCurve }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const makeSigner = (): ModelSigner => modelSignerFromPem(pemOf('prime256v1'))
const sha256 = (text: string): Digest => createHash('sha256').update(text).digest('hex') as Digest

const signer = makeSigner()
const version = { id: '0198aaaa-0000-7000-8000-000000000021', weights: sha256('weights'), state: sha256('state') }
const manifest = versionManifest(version)
const folder = mkdtempSync(path.join(tmpdir(), 'lethe-model-signing-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The version's files and their signature, as somebody who downloaded them has them. */
function writeModel(name: string, weights = 'weights'): { directory: string; signature: string; key: string } {
  const directory = path.join(folder, name)
  mkdirSync(directory)
  writeFileSync(path.join(directory, versionFiles.weights), weights)
  writeFileSync(path.join(directory, versionFiles.state), 'state')
  writeFileSync(path.join(directory, versionFiles.bom), '{}')
  const signature = path.join(directory, versionFiles.signature)
  writeFileSync(signature, signModel(manifest, signer))
  const key = path.join(folder, `${name}.pub`)
  writeFileSync(key, modelVerifierPem(signer))
  return { directory, signature, key }
}

describe('a model signature', () => {
  it('says which files were signed, whatever their order was', () => {
    const signed = verifyModelSignature(signModel(manifest, signer), [makeSigner(), signer])
    expect(signed).toMatchObject({
      name: `model-version/${version.id}`,
      files: [
        { name: 'state.safetensors', digest: version.state },
        { name: 'weights.safetensors', digest: version.weights },
      ],
    })
    expect(signed.signedBy.hint).toBe(signer.hint)
    const digests = Buffer.from(version.state + version.weights, 'hex')
    expect(signed.digest).toBe(createHash('sha256').update(digests).digest('hex'))
  })

  it('orders paths part by part and by code point, as the public tool does', () => {
    const names = ['a-b/c', 'a/z', 'a.txt', 'a/b/c', '\u{1F600}', '\uFF5E']
    const files = names.map((name) => ({ name, digest: sha256(name) }))
    const { files: signed } = verifyModelSignature(signModel({ ...manifest, files }, signer), [signer], files)
    // sorted(map(pathlib.PurePosixPath, names)) of Python 3.11
    expect(signed.map(({ name }) => name)).toEqual(['a/b/c', 'a/z', 'a-b/c', 'a.txt', '\uFF5E', '\u{1F600}'])
  })

  it.each(['/etc/passwd', '../up', 'a//b', './a', 'a\\b', '', 'model.sig'])('does not sign the name %j', (name) => {
    const files = [...manifest.files, { name, digest: sha256('x') }]
    expect(() => signModel({ ...manifest, files }, signer)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILES_MISMATCH' }),
    )
  })

  it('does not sign two files under one name', () => {
    const files = [...manifest.files, ...manifest.files]
    expect(() => signModel({ ...manifest, files }, signer)).toThrow(
      expect.objectContaining({ code: 'MODEL_FILES_MISMATCH' }),
    )
  })

  it('is refused when no key is trusted, even though it brings a hint', () => {
    expect(() => verifyModelSignature(signModel(manifest, signer), [])).toThrow(
      expect.objectContaining({ code: 'UNTRUSTED' }),
    )
  })

  it.each(['', '{', '[]', 'null', '{"mediaType":"x"}', '"'.repeat(40_000_000)])(
    'is refused with a code when it is no signature (%#)',
    (text) => {
      expect(() => verifyModelSignature(text, [signer])).toThrow(
        expect.objectContaining({ code: 'MODEL_SIGNATURE_MALFORMED' }),
      )
    },
  )
})

describe('a key that signs models', () => {
  it('is known by PEM and by a line of base64 alike, and by no private key', () => {
    expect(parseModelVerifier(modelVerifierPem(signer)).hint).toBe(signer.hint)
    expect(parseModelVerifier(encodeModelVerifier(signer)).hint).toBe(signer.hint)
    expect(signer.hint).toBe(sha256(modelVerifierPem(signer)))
    expect(() => parseModelVerifier(pemOf('prime256v1'))).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED' }))
  })

  it('is no log key, no RSA key, no key on another curve', () => {
    const others = [
      generateKeyPairSync('ed25519').privateKey,
      generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
      generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey,
    ]
    for (const key of others)
      expect(() => modelSignerFromPem(key.export({ type: 'pkcs8', format: 'pem' }).toString())).toThrow(
        expect.objectContaining({ code: 'KEY_MALFORMED' }),
      )
    expect(() => modelSignerFromPem('no key')).toThrow(expect.objectContaining({ code: 'KEY_MALFORMED' }))
  })
})

describe('to implementations that are not ours', () => {
  /** sigstore-js, which knows no model signatures but bundles and DSSE. */
  const checkWithSigstore = (signature: string, trusted: ModelVerifier): string => {
    const bundle = bundleFromJSON(JSON.parse(signature))
    const verifier = new Verifier(
      {
        certificateAuthorities: [],
        timestampAuthorities: [],
        tlogs: [],
        ctlogs: [],
        publicKey: (hint) => {
          if (hint !== trusted.hint) throw new Error('a key that nobody trusts')
          return { publicKey: trusted.publicKey, validFor: () => true }
        },
      },
      { tlogThreshold: 0, timestampThreshold: 0 },
    )
    verifier.verify(toSignedEntity(bundle))
    return bundle.mediaType
  }

  it('sigstore-js reads the bundle and accepts the signature, and refuses one by another key', () => {
    expect(checkWithSigstore(signModel(manifest, signer), signer)).toBe('application/vnd.dev.sigstore.bundle.v0.3+json')
    const other = signModel(manifest, makeSigner())
    const forged = other.replace(/"hint":"[0-9a-f]+"/, `"hint":"${signer.hint}"`)
    expect(() => checkWithSigstore(forged, signer)).toThrow('signature verification failed')
  })

  it('OpenSSL accepts the signature over the DSSE encoding, and refuses it over another payload', () => {
    const { dsseEnvelope } = JSON.parse(signModel(manifest, signer)) as {
      dsseEnvelope: { payload: string; payloadType: string; signatures: [{ sig: string }] }
    }
    const at = (name: string) => path.join(folder, name)
    writeFileSync(at('key.pem'), modelVerifierPem(signer))
    writeFileSync(at('sig.der'), Buffer.from(dsseEnvelope.signatures[0].sig, 'base64'))
    const check = (payload: Buffer) => {
      writeFileSync(at('signed'), dsse.preAuthEncoding(dsseEnvelope.payloadType, payload))
      const command = ['dgst', '-sha256', '-verify', at('key.pem'), '-signature', at('sig.der'), at('signed')]
      return spawnSync('openssl', command).status
    }
    const payload = Buffer.from(dsseEnvelope.payload, 'base64')
    expect(check(payload)).toBe(0)
    expect(check(Buffer.concat([payload, Buffer.from(' ')]))).toBe(1)
  })

  const tool = ['-m', 'model_signing']
  const hasTool = spawnSync('python3', [...tool, '--version']).status === 0
  it('the public tool accepts a signed folder, and refuses swapped weights and another key', ({ skip }) => {
    skip(!hasTool, 'python3 -m model_signing is not installed: pip install model-signing')
    const accepts = ({ directory, signature, key }: ReturnType<typeof writeModel>) =>
      spawnSync('python3', [...tool, 'verify', 'key', directory, '--signature', signature, '--public_key', key])
        .status === 0
    const good = writeModel('good')
    expect(accepts(good)).toBe(true)
    expect(accepts(writeModel('swapped', 'other weights'))).toBe(false)
    writeFileSync(good.key, modelVerifierPem(makeSigner()))
    expect(accepts(good)).toBe(false)
  })
})
