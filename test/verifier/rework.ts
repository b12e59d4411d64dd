import { createHash, sign } from 'node:crypto'
import type { EvidenceEntry, EvidenceKind } from '@lethe/domain'
import { canonicalJson, type LogSigner, writeBundle } from '@lethe/ledger'
import { type Finding, parseTrustRoots, type Verification, verifyBundle } from '@lethe/verifier'
import { writeUstar } from '../../libs/ledger/src/bundle/ustar.js'
import { filesOf } from '../kit/bundle/read-archive.js'
import type { SmallAudit } from '../kit/bundle/small-audit.js'
import { bodiesOf, partsOf, smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import type { Recorded } from '../kit/bundle/small-case.js'

/** When the readers of these tests live. */
export const READ_AT = new Date('2026-04-01T00:00:00Z')

export type Files = Map<string, Buffer>

/** An archive of these files, as they stand: whoever changed them did not tell the manifest. */
export const packed = (files: ReadonlyMap<string, Uint8Array>): Uint8Array =>
  writeUstar([...files].map(([path, bytes]) => ({ path, bytes })))

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export const jsonOf = (files: Files, path: string): Record<string, unknown> =>
  JSON.parse(String(files.get(path))) as Record<string, unknown>

export const jsonBytes = (value: object): Buffer => Buffer.from(canonicalJson({ ...value }))

/** Files whose manifest lists them as they are now, signed: by whoever holds a key. */
export function sealed(files: Files, signer: LogSigner = smallSigner, change: object = {}): Files {
  const listed = [...files].filter(([path]) => !path.startsWith('manifest.'))
  const manifest = jsonBytes({
    ...jsonOf(files, 'manifest.json'),
    keyid: `${signer.name}+${signer.id}`,
    files: listed.map(([path, bytes]) => ({ path, size: bytes.length, sha256: sha256(bytes) })),
    ...change,
  })
  return new Map([...files, ['manifest.json', manifest], ['manifest.sig', sign(null, manifest, signer.privateKey)]])
}

export const unpacked = async (audits: readonly SmallAudit[]): Promise<Files> => filesOf(smallBundle(audits).bytes)

export async function verified(
  bytes: Uint8Array,
  reader: { trust?: string; at?: Date; opening?: Parameters<typeof verifyBundle>[1]['opening'] } = {},
): Promise<Verification['report']> {
  const trust = await parseTrustRoots(reader.trust ?? smallBundle([]).trust)
  const { report } = await verifyBundle(bytes, { trust, at: reader.at ?? READ_AT, opening: reader.opening })
  return report
}

export const findingsOf = (report: Verification['report']): readonly Finding[] =>
  report.checks.flatMap(({ findings }) => findings)

/** A history in which the entries of one kind are others; the number of the entry among its kind may be given. */
export function edited<Kind extends EvidenceKind>(
  history: readonly Recorded[],
  kind: Kind,
  change: (entry: Extract<EvidenceEntry, { kind: Kind }>) => Extract<EvidenceEntry, { kind: Kind }> | null,
  only?: number,
): Recorded[] {
  let seen = 0
  return history.flatMap(({ at, entry }) => {
    if (entry.kind !== kind) return [{ at, entry }]
    seen += 1
    if (only !== undefined && seen !== only) return [{ at, entry }]
    const changed = change(entry as Extract<EvidenceEntry, { kind: Kind }>)
    return changed === null ? [] : [{ at, entry: changed }]
  })
}

/** A whole bundle, rightly signed, of whatever history a platform would like to tell. */
export const told = (history: readonly Recorded[], audits: readonly SmallAudit[], signer = smallSigner): Uint8Array =>
  writeBundle(partsOf(bodiesOf(history), audits, signer), signer)
