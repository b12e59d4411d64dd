import { z } from 'zod'

const Answer = z.object({
  embeddings: z.array(z.array(z.number().nullable())),
  weightsDigest: z.string().nullish(),
})

export interface Answer {
  /** [count, dimension], row by row; empty when it is not one vector of one length for each thing asked. */
  readonly values: Float32Array
  readonly weightsDigest: string | null
}

/** What does not come as a vector for every picture is no answer: the audit says so in its verdict. */
export function readAnswer(body: unknown, count: number): Answer {
  const parsed = Answer.safeParse(body)
  if (!parsed.success) return { values: new Float32Array(0), weightsDigest: null }
  const { embeddings, weightsDigest } = parsed.data
  const dimension = embeddings[0]?.length ?? 0
  const isWhole = embeddings.length === count && embeddings.every((row) => row.length === dimension)
  const values = new Float32Array(isWhole ? count * dimension : 0)
  if (isWhole)
    embeddings.forEach((row, index) =>
      values.set(
        row.map((value) => value ?? Number.NaN),
        index * dimension,
      ),
    )
  return { values, weightsDigest: weightsDigest ?? null }
}
