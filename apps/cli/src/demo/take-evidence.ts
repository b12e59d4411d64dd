import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { downloadBundle, requestBundle } from './api/bundle-api.js'
import type { ErasureRequest } from './api/erasure-api.js'
import { readTrustRoots } from './api/evidence-api.js'
import type { GatewayClient } from './gateway-client.js'

export interface TakenEvidence {
  readonly bundleFile: string
  readonly digest: string
  readonly size: number
  /** Whom a verifier of the bundle believes. */
  readonly trustFile: string
}

/**
 * Takes the evidence of a request home, as a data owner would, and beside it the keys to check it with: from the platform's
 * operator, who knows them, or by the log's own word.
 */
export async function takeEvidence(
  client: GatewayClient,
  { stateDir, request, trustRoots }: { stateDir: string; request: ErasureRequest; trustRoots?: readonly string[] },
): Promise<TakenEvidence> {
  // The end of a request and what is on record by then are the same at every start.
  const idempotencyKey = `demo-${request.id}-${request.state}-bundle`
  const { id } = await requestBundle(client, { idempotencyKey, erasureRequestId: request.id })
  const { bundle, bytes } = await downloadBundle(client, id)
  const bundleFile = path.join(stateDir, 'demo', `erasure-${request.number}.tar`)
  const trustFile = path.join(stateDir, 'demo', 'trust.txt')
  await place(bundleFile, bytes)
  const lines = trustRoots ?? (await readTrustRoots(client))
  await place(trustFile, lines.map((line) => `${line}\n`).join(''))
  return { bundleFile, digest: bundle.digest ?? '', size: bytes.length, trustFile }
}

async function place(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(`${file}.new`, content)
  await rename(`${file}.new`, file)
}
