import { parseSafetensors, serializeSafetensors } from '@lethe/safetensors'
import { describe, expect, it } from 'vitest'
import { readResumePoint, writeResumePoint } from './resume-point.js'

const point = {
  checkpoint: { weights: Uint8Array.of(1, 2, 3), state: Uint8Array.of(4) },
  spent: { wallSeconds: 1.5, cpuSeconds: 2, peakMemoryBytes: 3 },
}
const written = writeResumePoint(point)
const withMetadata = (change: Record<string, string>): Uint8Array => {
  const { tensors, metadata } = parseSafetensors(written)
  return serializeSafetensors(new Map(tensors), { ...metadata, ...change })
}

describe('a resume point', () => {
  it('comes back as it was written', () => {
    expect(readResumePoint(written)).toEqual(point)
  })

  it.each([
    ['costs that are no JSON', { spent: '{' }],
    ['costs that are negative', { spent: JSON.stringify({ ...point.spent, wallSeconds: -1 }) }],
    ['another format', { format: 'lethe-resume/2' }],
  ])('with %s is refused by code, so that the run starts anew instead of failing', (_, change) => {
    expect(() => readResumePoint(withMetadata(change))).toThrow(
      expect.objectContaining({ code: 'RESUME_POINT_INVALID', field: 'resume' }) as Error,
    )
  })
})
