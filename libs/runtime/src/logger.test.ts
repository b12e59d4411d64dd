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

it('writes one JSON object a line, with service and level by name', () => {
  const line = JSON.parse(linesOf((logger) => logger.warn('careful'))) as Record<string, unknown>
  expect(line).toMatchObject({ service: 'test', level: 'warn', msg: 'careful' })
})
