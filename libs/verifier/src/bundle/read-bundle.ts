import { paths, statementSeqOf } from '../archive/bundle-paths.js'
import { textFromUtf8 } from '../encoding/canonical-json.js'
import { parseCheckpoint, type LogCheckpoint } from '../log/log-checkpoint.js'
import type { Finding } from '../report/finding.js'
import { readManifest, type Manifest } from './manifest.js'
import { parseProofs, type Proofs } from './proofs.js'
import { isFinding, readStatement, type Statement } from './statement.js'

/** What a bundle holds, read and not yet believed. */
export interface Bundle {
  readonly files: ReadonlyMap<string, Uint8Array>
  readonly manifest: Manifest
  /** In the order of the log. */
  readonly statements: readonly Statement[]
  /** Statements that cannot be read. */
  readonly unreadable: readonly Finding[]
  /** Null where it is missing or malformed. */
  readonly proofs: Proofs | null
  readonly checkpoint: LogCheckpoint | null
}

/** @throws DomainError as `readManifest`. */
export function readBundle(files: ReadonlyMap<string, Uint8Array>): Bundle {
  const manifest = readManifest(files.get(paths.manifest))
  const read = [...files]
    .filter(([path]) => statementSeqOf(path) !== null)
    .map(([path, bytes]) => readStatement(path, bytes))
  const checkpoint = files.get(paths.checkpoint)
  return {
    files,
    manifest,
    statements: read.filter((each): each is Statement => !isFinding(each)).sort((a, b) => a.seq - b.seq),
    unreadable: read.filter(isFinding),
    proofs: parseProofs(files.get(paths.proofs)),
    checkpoint: checkpoint === undefined ? null : parseCheckpoint(textFromUtf8(checkpoint) ?? ''),
  }
}
