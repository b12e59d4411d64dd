import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { DomainError } from '@lethe/domain'
import { GraphQLError } from 'graphql'
import { z } from 'zod'

/** `only`: nothing but trusted documents runs; `also`: they may be named by id; `off`: ids are not understood. */
export const TrustedDocumentsMode = z.enum(['only', 'also', 'off'])
export type TrustedDocumentsMode = z.infer<typeof TrustedDocumentsMode>

export interface TrustedDocuments {
  /**
   * The document that a request means: the one that it names by `documentId` (`sha256:` and the hash of its text), or
   * its own `query`.
   *
   * @throws GraphQLError DOCUMENT_UNKNOWN, DOCUMENT_NOT_TRUSTED, BAD_REQUEST
   */
  resolve(request: { query?: unknown; documentId?: unknown }): string | undefined
}

const Documents = z.record(z.string().regex(/^[0-9a-f]{64}$/), z.string())

const refusal = (code: string, message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code, http: { status: 400 } } })

/**
 * @param files JSON from SHA-256 (hex) to document, as the build of the portal and of the client write it
 * @throws DomainError TRUSTED_DOCUMENTS_INVALID
 */
export function openTrustedDocuments(mode: TrustedDocumentsMode, files: readonly string[]): TrustedDocuments {
  const documents = new Map(files.flatMap(readDocuments))
  if (mode === 'only' && documents.size === 0)
    throw new DomainError(
      'TRUSTED_DOCUMENTS_INVALID',
      'With TRUSTED_DOCUMENTS=only nothing can be asked unless TRUSTED_DOCUMENTS_FILES names the documents.',
      'TRUSTED_DOCUMENTS_FILES',
    )
  return {
    resolve: ({ query, documentId }) => {
      if (documentId === undefined || documentId === null) {
        if (mode === 'only')
          throw refusal('DOCUMENT_NOT_TRUSTED', 'Only trusted documents run here; send the `documentId` of one.')
        return typeof query === 'string' ? query : undefined
      }
      const hash = typeof documentId === 'string' ? /^sha256:([0-9a-f]{64})$/.exec(documentId)?.[1] : undefined
      if (hash === undefined)
        throw refusal('BAD_REQUEST', 'A `documentId` is `sha256:` and 64 characters of lower-case hex.')
      const document = mode === 'off' ? undefined : documents.get(hash)
      if (document === undefined)
        throw refusal('DOCUMENT_UNKNOWN', 'No trusted document has this id here; send the document as `query`.')
      return document
    },
  }
}

function readDocuments(file: string): [string, string][] {
  const invalid = (why: string) =>
    new DomainError(
      'TRUSTED_DOCUMENTS_INVALID',
      `${file} of TRUSTED_DOCUMENTS_FILES ${why}.`,
      'TRUSTED_DOCUMENTS_FILES',
    )
  let documents: [string, string][]
  try {
    documents = Object.entries(Documents.parse(JSON.parse(readFileSync(file, 'utf8'))))
  } catch {
    throw invalid('cannot be read as JSON from SHA-256 to document')
  }
  const wrong = documents.find(([hash, text]) => createHash('sha256').update(text).digest('hex') !== hash)
  if (wrong) throw invalid(`holds a document whose hash is not ${wrong[0]}`)
  return documents
}
