import { lookup as lookUp } from 'node:dns'
import { request as requestPlainly } from 'node:http'
import { request } from 'node:https'
import { DomainError } from '@lethe/domain'
import {
  guardedLookup,
  isLoopbackAddress,
  isPublicAddress,
  type ResolveName,
  writtenAddress,
} from '@lethe/domain/addresses'

const timeoutMs = 10_000
const maxBytes = 512 * 1024

export interface PublicFetchOptions {
  /** Also lets plain http and this machine through, for development. */
  readonly allowLoopback: boolean
}

interface Outgoing {
  readonly method?: string | undefined
  readonly headers?: Record<string, string> | undefined
  readonly body?: string | URLSearchParams | Uint8Array | ArrayBuffer | ReadableStream | null | undefined
}

const addressForbidden = (): DomainError =>
  new DomainError(
    'ADDRESS_FORBIDDEN',
    'Give an https address that is reached over the public internet.',
    'input.issuer',
  )

/** By the machine's own resolver. */
const resolveName: ResolveName = (hostname) =>
  new Promise((resolve, reject) => {
    lookUp(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)))
  })

export type PublicFetch = (url: string, options: Outgoing) => Promise<Response>

/**
 * Asks addresses that strangers name: https to public addresses only, judged at the moment of connecting; no redirect is
 * followed, and an answer has a bounded size and time.
 */
export const createPublicFetch =
  ({ allowLoopback }: PublicFetchOptions): PublicFetch =>
  async (address, { method = 'GET', headers = {}, body }) => {
    const url = new URL(address)
    const isAllowed = (ip: string) => isPublicAddress(ip) || (allowLoopback && isLoopbackAddress(ip))
    const written = writtenAddress(url)
    if (!isSecure(url, allowLoopback) || (written !== null && !isAllowed(written))) throw addressForbidden()
    const lookup = guardedLookup({ resolve: resolveName, isAllowed, refusal: addressForbidden })
    const payload = body == null ? undefined : Buffer.from(await new Response(body as string).arrayBuffer())
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'https:' ? request : requestPlainly
      const outgoing = send(
        url,
        { method, headers, lookup, agent: false, signal: AbortSignal.timeout(timeoutMs) },
        (incoming) => {
          const chunks: Buffer[] = []
          let size = 0
          incoming.on('data', (chunk: Buffer) => {
            size += chunk.length
            if (size > maxBytes) return void incoming.destroy(new Error('the answer is too large'))
            chunks.push(chunk)
          })
          incoming.on('error', reject)
          incoming.on('end', () => {
            const entries = Object.entries(incoming.headers).filter(
              (entry): entry is [string, string] => typeof entry[1] === 'string',
            )
            const status = incoming.statusCode ?? 502
            const isEmpty = status === 204 || status === 304
            resolve(new Response(isEmpty ? null : Buffer.concat(chunks), { status, headers: entries }))
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(payload)
    })
  }

/** https; plain http only to this machine, where that is allowed. */
export function isSecure(url: URL, allowLoopback: boolean): boolean {
  if (url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  const isHere = url.hostname === 'localhost' || isLoopbackAddress(writtenAddress(url) ?? '')
  return allowLoopback && url.protocol === 'http:' && isHere
}
