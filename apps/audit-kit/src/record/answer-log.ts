import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Digest } from '@lethe/domain'
import { refuse } from '../kit-error.js'
import { f32, parseSafetensors, serializeSafetensors } from '@lethe/safetensors'

/** One request's worth of questions to one model. */
export interface Question {
  readonly role: 'before' | 'after'
  readonly kind: 'projection' | 'features' | 'texts'
  /** Pictures or texts in it. */
  readonly count: number
  /** Exactly what is asked. */
  readonly content: Uint8Array
}

/** Answers that a model gave, and how to get those that it has not given yet. */
export interface AnswerLog {
  /** `ask` is called only for what is not kept. */
  answer(question: Question, ask: () => Promise<Float32Array>): Promise<Float32Array>
}

/** What an audit rests on: every answer that it used. */
export interface UsedAnswers {
  readonly count: number
  readonly digest: Digest
}

const sha256 = (...parts: readonly (string | Uint8Array)[]): Digest => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex') as Digest
}

/**
 * Keeps every answer in a file of its own, named by the digest of its question, so that an audit that was cut off goes on where it
 * stopped and can be computed again by whoever verifies it. A question that is asked twice on purpose, to see whether the answer
 * stays, has two answers: the nth asking is part of the name.
 */
export class AnswerFolder {
  readonly #used = new Map<string, { digest: Digest; count: number }>()

  /** `isComplete`: nobody may be asked; an answer that is not kept is an error. */
  constructor(
    private readonly folder: string,
    private readonly isComplete = false,
  ) {}

  /** Counts repetitions from the start: one for each run through the audit. */
  openLog(): AnswerLog {
    const askings = new Map<string, number>()
    return {
      answer: async (question, ask) => {
        const digest = sha256(JSON.stringify([question.role, question.kind]), question.content)
        const asking = askings.get(digest) ?? 0
        askings.set(digest, asking + 1)
        return this.#answer(sha256(digest, String(asking)), question.count, ask)
      },
    }
  }

  used(): UsedAnswers {
    const lines = [...this.#used].map(([key, { digest }]) => `${key} ${digest}\n`).sort()
    const count = [...this.#used.values()].reduce((sum, answer) => sum + answer.count, 0)
    return { count, digest: sha256(...lines) }
  }

  async #answer(key: string, count: number, ask: () => Promise<Float32Array>): Promise<Float32Array> {
    const file = path.join(this.folder, `${key}.safetensors`)
    const kept = readAnswer(file)
    if (kept !== null) {
      this.#used.set(key, { digest: sha256(kept.bytes), count })
      return kept.values
    }
    if (this.isComplete)
      refuse('ANSWER_MISSING', 'A question of this audit has no saved answer: pictures, plan or answers were changed.')
    const values = await ask()
    const bytes = serializeSafetensors(new Map([['answer', f32([values.length], values)]]))
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    // Whole or not at all, however the process ends.
    writeFileSync(`${file}.part`, bytes, { mode: 0o600 })
    renameSync(`${file}.part`, file)
    this.#used.set(key, { digest: sha256(bytes), count })
    return values
  }
}

/** Null where there is none, or none that can be read: it is then asked for again. */
function readAnswer(file: string): { values: Float32Array; bytes: Uint8Array } | null {
  try {
    const bytes = readFileSync(file)
    const tensor = parseSafetensors(bytes).tensors.get('answer')
    return tensor?.dtype === 'F32' ? { values: tensor.data, bytes } : null
  } catch {
    return null
  }
}
