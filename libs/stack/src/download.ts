import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

export interface DownloadOptions {
  /** Bound until the answer begins; an unreachable host costs no more than this. */
  answerWithinMs?: number
  /** Bound for the whole transfer. */
  finishWithinMs?: number
  /** Lower-case hex; a file with another digest is an error. */
  sha256?: string
}

/** Saves the address as a file and returns its SHA-256. On any error the file may exist in part: use a temporary name. */
export async function download(url: string, file: string, options: DownloadOptions = {}): Promise<string> {
  const { answerWithinMs = 6000, finishWithinMs = 600_000, sha256 } = options
  const abort = new AbortController()
  const expire = (ms: number, what: string) =>
    setTimeout(() => abort.abort(new Error(`${what} after ${ms / 1000} s`)), ms)
  const whole = expire(finishWithinMs, 'not finished')
  const answer = expire(answerWithinMs, 'no answer')
  try {
    const response = await fetch(url, { signal: abort.signal })
    clearTimeout(answer)
    if (!response.ok || response.body === null) throw new Error(`HTTP ${response.status}`)
    const hash = createHash('sha256')
    const tee = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        done(null, chunk)
      },
    })
    await pipeline(Readable.fromWeb(response.body), tee, createWriteStream(file), {
      signal: abort.signal,
    })
    const digest = hash.digest('hex')
    if (sha256 !== undefined && digest !== sha256) throw new Error(`SHA-256 is ${digest}, expected ${sha256}`)
    return digest
  } finally {
    clearTimeout(whole)
    clearTimeout(answer)
  }
}
