import { DomainError } from '@lethe/domain'
import type { FastifyInstance } from 'fastify'
import { limits } from '../graphql/limits.js'

const utf8 = new TextDecoder('utf-8', { fatal: true })

const invalid = (message: string): DomainError => new DomainError('BODY_INVALID', message)

/** Reads bodies of JSON: UTF-8 that is whole, values that nest no deeper than allowed, texts that a database can hold. */
export function acceptJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    const charset = /charset="?([^";]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8'
    if (!/^utf-?8$/i.test(charset.trim()))
      return done(new DomainError('MEDIA_TYPE_UNSUPPORTED', 'Send JSON in UTF-8.'), undefined)
    let text: string
    try {
      text = utf8.decode(bytes as Buffer)
    } catch {
      return done(invalid('The body is not valid UTF-8.'), undefined)
    }
    void parse(request, text, (error, body: unknown) => {
      if (error) return done(invalid('The body is not valid JSON; send an object as application/json.'), undefined)
      const problem = problemOf(body, 0)
      return problem === null ? done(null, body) : done(invalid(problem), undefined)
    })
  })
}

/** A value's levels below the body, beside `query` and `variables` themselves. */
const deepest = limits.variableDepth + 2

function problemOf(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return value.includes('\0') ? 'A text holds the character U+0000; leave it out.' : null
  if (typeof value !== 'object' || value === null) return null
  if (depth >= deepest) return `Values nest at most ${limits.variableDepth} deep.`
  for (const [key, member] of Object.entries(value)) {
    const problem = problemOf(key, depth) ?? problemOf(member, depth + 1)
    if (problem !== null) return problem
  }
  return null
}
