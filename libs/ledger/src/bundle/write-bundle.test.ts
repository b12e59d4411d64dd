import { createHash, verify } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { filesOf } from '../../../../test/kit/bundle/read-archive.js'
import { smallAudit } from '../../../../test/kit/bundle/small-audit.js'
import { partsOf, smallBundle, type SmallBundle } from '../../../../test/kit/bundle/small-bundle.js'
import { verifyEnvelope } from '../signing/envelope.js'
import { verifyLogCheckpoint } from '../signing/log-checkpoint.js'
import { signerFromSeed } from '../signing/log-key.js'
import { canonicalJson } from '../statement/canonical-json.js'
import { verifyInclusion } from '../tree/verify-proof.js'
import { writeBundle } from './write-bundle.js'

type Files = Map<string, Buffer>

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const json = (files: Files, path: string): unknown => JSON.parse(String(files.get(path)))

let bundle: SmallBundle
let files: Files

beforeAll(async () => {
  bundle = smallBundle([await smallAudit('original'), await smallAudit('retrained')])
  files = await filesOf(bundle.bytes)
})

interface Manifest {
  readonly format: string
  readonly files: readonly { path: string; size: number; sha256: string }[]
}
interface Proofs {
  readonly entries: readonly { seq: number; leafHash: string; path: readonly string[] }[]
}

describe('a bundle', () => {
  it('of equal parts has equal bytes, in whatever order they were found', () => {
    const { parts, signer } = bundle
    const shuffled = { ...parts, statements: [...parts.statements].reverse(), audits: [...parts.audits].reverse() }
    expect(Buffer.from(writeBundle(shuffled, signer)).equals(bundle.bytes)).toBe(true)
    const later = { ...parts, createdAt: new Date(0) }
    expect(Buffer.from(writeBundle(later, signer)).equals(bundle.bytes)).toBe(false)
  })

  it('begins with how to check it, and holds everything that its layout names', () => {
    const names = [...files.keys()]
    expect(names.slice(0, 3)).toEqual(['VERIFY.txt', 'manifest.json', 'manifest.sig'])
    expect(names.slice(3)).toEqual([...names.slice(3)].sort())
    const audit = (number: number) =>
      ['audit-data.safetensors', 'matrices.safetensors', 'report.en.html', 'report.ja.html', 'report.json'].map(
        (name) => `audits/${number}/${name}`,
      )
    expect(names).toEqual(
      expect.arrayContaining([...audit(1), ...audit(2), 'bom/ml-bom.cdx.json', 'log/checkpoint', 'log/proofs.json']),
    )
    expect(names).toContain('statements/0000000001-dataset-registered-v1.json')
  })

  it('has a manifest, canonical and signed, of every file but itself and its signature', () => {
    const bytes = files.get('manifest.json') as Buffer
    const manifest = json(files, 'manifest.json') as Manifest
    expect(canonicalJson({ ...manifest })).toBe(String(bytes))
    expect(manifest.files.map(({ path }) => path)).toEqual(
      [...files.keys()].filter((path) => path !== 'manifest.json' && path !== 'manifest.sig'),
    )
    for (const { path, size, sha256: digest } of manifest.files) {
      const content = files.get(path) as Buffer
      expect([path, content.length, sha256(content)]).toEqual([path, size, digest])
    }
    const signature = files.get('manifest.sig') as Buffer
    expect(signature).toHaveLength(64)
    expect(verify(null, bytes, bundle.signer.publicKey, signature)).toBe(true)
    expect(verify(null, Buffer.concat([bytes, Buffer.of(32)]), bundle.signer.publicKey, signature)).toBe(false)
  })

  it('proves of every statement that the log holds it, under the signed checkpoint', () => {
    const { root, size } = verifyLogCheckpoint(String(files.get('log/checkpoint')), [bundle.signer])
    const { entries } = json(files, 'log/proofs.json') as Proofs
    const statements = [...files.keys()].filter((path) => path.startsWith('statements/'))
    expect(entries).toHaveLength(statements.length)
    for (const [at, path] of statements.entries()) {
      const { body } = verifyEnvelope(json(files, path), [bundle.signer])
      const entry = entries[at]
      expect(path.startsWith(`statements/${String(entry?.seq).padStart(10, '0')}-`)).toBe(true)
      expect(entry?.leafHash).toBe(sha256(Buffer.concat([Buffer.of(0), Buffer.from(body)])))
      const hashes = (entry?.path ?? []).map((hash) => Buffer.from(hash, 'hex'))
      const leafHash = Buffer.from(entry?.leafHash ?? '', 'hex')
      verifyInclusion({ leafHash, index: (entry?.seq ?? 0) - 1, size, path: hashes }, root)
    }
  })

  it('holds of each audit the very bytes whose digests its statement names', () => {
    for (const number of [1, 2]) {
      const path = [...files.keys()].filter((name) => name.endsWith('-audit-completed-v1.json'))[number - 1] ?? ''
      const { statement } = verifyEnvelope(json(files, path), [bundle.signer])
      const stated = new Map(statement.subjects.map(({ name, digest }) => [name.split('/').at(2), digest.sha256]))
      const held = {
        report: 'report.json',
        matrices: 'matrices.safetensors',
        data: 'audit-data.safetensors',
      }
      for (const [subject, name] of Object.entries(held))
        expect([name, stated.get(subject)]).toEqual([name, sha256(files.get(`audits/${number}/${name}`) as Buffer)])
    }
  })

  it('holds the signatures of model files whose digests the statements name', () => {
    const held = [...files.keys()].filter((path) => path.startsWith('models/'))
    expect(held).toHaveLength(2)
    const stated = [...files.keys()]
      .filter((path) => path.startsWith('statements/'))
      .flatMap((path) => verifyEnvelope(json(files, path), [bundle.signer]).statement.subjects)
    for (const path of held) {
      const name = path.replace(/^models\/(.*)\.sig$/, 'model-version/$1/signature')
      expect(stated).toContainEqual({ name, digest: { sha256: sha256(files.get(path) as Buffer) } })
    }
  })

  const refusal = (code: string) => expect.objectContaining({ code }) as Error

  it('is not made of what would not verify: another body, another place, another log, another tree', () => {
    const { parts, signer } = bundle
    const [first, second, ...rest] = parts.statements
    if (first === undefined || second === undefined) throw new Error('A small case has statements.')
    const changed = { ...first, body: first.body.replace('"number":1', '"number":2') }
    expect(() => writeBundle({ ...parts, statements: [changed, second, ...rest] }, signer)).toThrow(
      refusal('ROOT_MISMATCH'),
    )
    const moved = { ...first, seq: 2 }
    expect(() => writeBundle({ ...parts, statements: [moved, ...rest] }, signer)).toThrow(refusal('ROOT_MISMATCH'))
    const other = signerFromSeed('lethe.test/log/another', Buffer.alloc(32, 7))
    expect(() => writeBundle(parts, other)).toThrow(refusal('CHECKPOINT_MALFORMED'))
    const shorter = partsOf(
      parts.statements.slice(1).map(({ body }) => body),
      [],
    )
    expect(() => writeBundle({ ...parts, checkpoint: shorter.checkpoint }, signer)).toThrow(DOMAIN)
  })

  it('is not made of a statement that is there twice', () => {
    const { parts, signer } = bundle
    const statements = [...parts.statements, ...parts.statements.slice(0, 1)]
    expect(() => writeBundle({ ...parts, statements }, signer)).toThrow(refusal('BUNDLE_PATH'))
  })
})

const DOMAIN = expect.objectContaining({ name: 'DomainError' }) as Error
