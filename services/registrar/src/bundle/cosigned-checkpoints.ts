import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

const suffix = '.cosigned'

/** Sizes of a tenant's log whose head a witness cosigned: files `<tenant>/<size>.cosigned` beside what is published. */
export async function cosignedSizes(folder: string | undefined, tenantId: string): Promise<bigint[]> {
  if (folder === undefined) return []
  const names = await unlessMissing(readdir(path.join(folder, tenantId)), [])
  return names.flatMap((name) => (/^\d{1,15}\.cosigned$/.test(name) ? [BigInt(name.slice(0, -suffix.length))] : []))
}

/**
 * A signed note with the lines of witnesses, if there are any. A file that does not go on from this very note is left
 * alone: whoever verifies is told which witnesses are missing, and nobody is told that one spoke who did not.
 */
export async function withCosignatures(
  folder: string | undefined,
  { tenantId, size, note }: { tenantId: string; size: bigint; note: string },
): Promise<string> {
  if (folder === undefined) return note
  const cosigned = await unlessMissing(readFile(path.join(folder, tenantId, `${size}${suffix}`), 'utf8'), note)
  return cosigned.startsWith(note) ? cosigned : note
}

async function unlessMissing<T>(reading: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}
