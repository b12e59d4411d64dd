import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { formatProblems, parseEnv } from './env.js'

const schema = z.object({
  DATABASE_URL: z.url().describe('a PostgreSQL address such as postgresql://user:password@host:5432/lethe'),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  LOG_LEVEL: z.enum(['info', 'debug']).describe('info or debug').default('info'),
  REGION: z.string().optional(),
})

describe('parseEnv', () => {
  it('reads what is there and fills in defaults', () => {
    expect(parseEnv(schema, { DATABASE_URL: 'postgresql://a@b/c', PORT: '80' })).toEqual({
      ok: true,
      env: { DATABASE_URL: 'postgresql://a@b/c', PORT: 80, LOG_LEVEL: 'info' },
    })
  })

  it('names every problem with its fix, and never the value', () => {
    const result = parseEnv(schema, { DATABASE_URL: '', PORT: '70000', LOG_LEVEL: 's3cret' })
    expect(result.ok).toBe(false)
    if (result.ok) return
    expect(result.problems.map((problem) => problem.variable)).toEqual(['DATABASE_URL', 'PORT', 'LOG_LEVEL'])
    expect(result.problems[0]).toMatchObject({
      what: 'is not set',
      fix: expect.stringContaining('PostgreSQL') as string,
    })
    expect(result.problems[2]).toMatchObject({ fix: 'info or debug' })
    const printed = formatProblems(result.problems)
    expect(printed).toContain('3 problems')
    expect(printed).not.toContain('s3cret')
  })
})
