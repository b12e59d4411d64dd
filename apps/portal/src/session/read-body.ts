/** The longest body that anything here takes: a part of an upload (4 MiB), or an operation (1 MiB at the gateway). */
const mostBytes = 8 * 2 ** 20
/** Of a form. */
const mostOfJson = 16 * 1024

/**
 * A body as it arrives, or null once there is more of it than is taken: nobody's request fills this server's memory, and
 * what is left is not read.
 */
export async function readBody({ body }: Request, most = mostBytes): Promise<Uint8Array<ArrayBuffer> | null> {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(pieces)
    size += value.byteLength
    if (size > most) {
      await reader.cancel()
      return null
    }
    pieces.push(value)
  }
}

/** What a form sends as JSON; null for anything else, and for too much of it. */
export async function readJson(request: Request): Promise<unknown> {
  const bytes = await readBody(request, mostOfJson)
  try {
    return bytes === null ? null : JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}
