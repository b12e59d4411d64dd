import { expect, it } from 'vitest'
import { createLogger } from './logger.js'

const linesOf = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
  let text = ''
  write(createLogger('test', 'debug', { write: (line: string) => (text += line) }))
  return text
}

it('keeps secrets out of every line', () => {
  const text = linesOf((logger) => {
    logger.info({ password: 'hunter2', request: { authorization: 'Bearer abc' } }, 'fields')
    logger.error({ err: new Error('cannot reach postgresql://lethe:hunter2@127.0.0.1:5432/lethe') }, 'message')
    logger.info({ run: 'visible' }, 'nothing to hide')
  })
  expect(text).not.toContain('hunter2')
  expect(text).not.toContain('Bearer abc')
  expect(text).toContain('127.0.0.1:5432')
  expect(text).toContain('visible')
})

it('keeps values of rows out, wherever the error of a database carries them, and says what is needed to mend it', () => {
  const address = 'jane@home.test'
  const refused = Object.assign(new Error('duplicate key value violates unique constraint "user_email_key"'), {
    name: 'error',
    code: '23505',
    table: 'user',
    constraint: 'user_email_key',
    detail: `Key (email)=(${address}) already exists.`,
    where: `COPY user, line 1: "${address}"`,
    parameters: [address],
  })
  const wrapped = Object.assign(new Error('request failed', { cause: refused }), { originalError: refused })
  const said = [
    `invalid input syntax for type uuid: "${address}"`,
    `Raw query failed. Code: \`23505\`. Message: \`Key (lower(email))=(${address}\n${address}) already exists.\``,
    `null value in column "name": Failing row contains (1, ${address}).`,
  ].map((message) => new Error(message))
  const prisma = Object.assign(new Error(`Invalid invocation:\n{ email: "${address}" }\n\nArgument is missing.`), {
    name: 'PrismaClientValidationError',
    meta: { target: address },
  })
  const text = linesOf((logger) => {
    for (const error of [refused, wrapped, ...said, prisma, new AggregateError([refused], 'several')]) {
      logger.error({ err: error }, 'failed')
      logger.child({ tenantId: 't' }).error(error)
      if (error !== prisma) logger.warn({ reason: error.message }, 'failed')
      logger.warn({ error }, 'failed')
    }
  })
  expect(text).not.toContain(address)
  for (const kept of ['23505', 'user_email_key', 'Argument is missing.', 'logger.test.ts', 'for type uuid'])
    expect(text).toContain(kept)
})

it('writes one JSON object a line, with service and level by name', () => {
  const line = JSON.parse(linesOf((logger) => logger.warn('careful'))) as Record<string, unknown>
  expect(line).toMatchObject({ service: 'test', level: 'warn', msg: 'careful' })
})
