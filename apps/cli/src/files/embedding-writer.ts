import { DomainError, type Digest } from '@lethe/domain'
import { f32, serializeSafetensors } from '@lethe/safetensors'
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { writeWhole } from './model-directory.js'

/** What a file of embeddings says of all of them. */
export interface EmbeddingsHead {
  readonly weights: Digest
  readonly representation: string
  readonly dimension: number
}

export interface EmbeddingWriter {
  /** values: [names, dimension] */
  add(names: readonly string[], values: Float32Array): void
  finish(): void
  /** Leaves nothing behind. */
  abandon(): void
}

/** A writer by the file's ending. @throws DomainError OUT_INVALID, OUT_TAKEN. */
export function openEmbeddingWriter(file: string, head: EmbeddingsHead): EmbeddingWriter {
  if (existsSync(file)) throw new DomainError('OUT_TAKEN', `${file} is there already; name another file.`, '--out')
  if (file.endsWith('.jsonl')) return jsonLines(file, head)
  if (file.endsWith('.safetensors')) return safetensors(file, head)
  throw new DomainError('OUT_INVALID', 'Let the name of the file end in .safetensors or .jsonl.', '--out')
}

function jsonLines(file: string, { dimension }: EmbeddingsHead): EmbeddingWriter {
  const partial = `${file}.partial`
  const handle = openSync(partial, 'w')
  return {
    add: (names, values) => {
      const lines = names.map((name, row) => {
        const embedding = Array.from(values.subarray(row * dimension, (row + 1) * dimension))
        return `${JSON.stringify({ name, embedding })}\n`
      })
      writeSync(handle, lines.join(''))
    },
    finish: () => {
      closeSync(handle)
      renameSync(partial, file)
    },
    abandon: () => {
      closeSync(handle)
      rmSync(partial)
    },
  }
}

function safetensors(file: string, { weights, representation, dimension }: EmbeddingsHead): EmbeddingWriter {
  const names: string[] = []
  const parts: Float32Array[] = []
  return {
    add: (more, values) => {
      names.push(...more)
      parts.push(values)
    },
    finish: () => {
      const all = new Float32Array(names.length * dimension)
      let at = 0
      for (const part of parts) {
        all.set(part, at)
        at += part.length
      }
      const metadata = { format: 'lethe-embeddings/1', weights, representation, names: JSON.stringify(names) }
      writeWhole(file, serializeSafetensors(new Map([['embeddings', f32([names.length, dimension], all)]]), metadata))
    },
    abandon: () => undefined,
  }
}
