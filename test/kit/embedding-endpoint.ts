import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inflateSync } from 'node:zlib'
import { loadEmbedder, type Embedder } from '@lethe/learning'

export interface EmbeddingEndpoint {
  readonly url: string
  /** Requests about pictures that were answered. */
  readonly answered: () => number
  readonly close: () => Promise<void>
}

type Vectors = (number | null)[][]

export interface EndpointOptions {
  readonly weights: Uint8Array
  readonly token?: string
  /** Changes what is answered, or says with which status nothing is. `nth` counts requests about pictures from 0. */
  readonly misbehave?: (answer: Vectors, nth: number) => Vectors | number
  /** Members of the description to change. */
  readonly describe?: Readonly<Record<string, unknown>>
}

/** A real encoder behind the embedding protocol (docs/embedding-protocol.md), which may also misbehave. */
export async function startEmbeddingEndpoint(options: EndpointOptions): Promise<EmbeddingEndpoint> {
  const embedder = loadEmbedder(options.weights)
  const weightsDigest = createHash('sha256').update(options.weights).digest('hex')
  let asked = 0
  let answered = 0
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const send = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    if (options.token !== undefined && request.headers.authorization !== `Bearer ${options.token}`)
      return send(401, { code: 'TOKEN_INVALID', message: 'Send the token.' })
    if (request.method === 'GET') return send(200, { ...describe(embedder, weightsDigest), ...options.describe })
    const { searchParams } = new URL(request.url ?? '/', 'http://endpoint')
    const answer = await embed(embedder, request, searchParams.get('representation') === 'features')
    const given = options.misbehave?.(answer, asked++) ?? answer
    if (typeof given === 'number') return send(given, { code: 'REFUSED', message: 'Not now.' })
    answered += 1
    return send(200, { embeddings: given, weightsDigest })
  }
  const server = createServer((request, response) => void handle(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/models/digits`,
    answered: () => answered,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      embedder.dispose()
    },
  }
}

const describe = ({ height, dimension, projectionDimension }: Embedder, weightsDigest: string) => ({
  protocol: 'lethe-embedding/1',
  imageSize: height,
  dimensions: { features: dimension, projection: projectionDimension },
  weightsDigest,
  views: { strength: 0.5, flip: false, blur: 0 },
})

async function embed(embedder: Embedder, request: IncomingMessage, asFeatures: boolean): Promise<Vectors> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  const { images } = JSON.parse(Buffer.concat(parts).toString()) as { images: string[] }
  const size = embedder.height * embedder.width * 3
  const pixels = new Uint8Array(images.length * size)
  for (const [index, text] of images.entries())
    pixels.set(pixelsOf(Buffer.from(text, 'base64'), embedder.height), index * size)
  const values = await embedder.embed(pixels, asFeatures ? 'features' : 'projection')
  const width = values.length / images.length
  return images.map((_, row) => Array.from(values.subarray(row * width, (row + 1) * width)))
}

/** The plain PNG that the protocol promises: its rows lie in one IDAT chunk after the header, each behind a filter of 0. */
function pixelsOf(png: Buffer, edge: number): Uint8Array {
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)))
  const stride = edge * 3
  if (rows.length !== edge * (stride + 1)) throw new Error('The picture has another size.')
  return Uint8Array.from({ length: edge * stride }, (_, at) => rows[at + Math.floor(at / stride) + 1] as number)
}
