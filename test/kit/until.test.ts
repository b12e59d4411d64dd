import { DomainError } from '@lethe/domain'
import { expect, it } from 'vitest'
import { until } from './platform.js'

it('asks again when it asked too often, and at once hands on what else goes wrong', async () => {
  let asked = 0
  const answers = [() => new DomainError('RATE_LIMITED', 'Too much was asked.'), () => false as const, () => 'done']
  const look = () => {
    const answer = answers[asked++]?.()
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
  }
  expect(await until('it is done', look)).toBe('done')
  expect(asked).toBe(3)
  await expect(until('never', () => Promise.reject(new DomainError('FORBIDDEN', 'No.')))).rejects.toThrow('No.')
  await expect(until('it rains', () => Promise.resolve(false), 300)).rejects.toThrow('Not within 0.3 s: it rains')
})
