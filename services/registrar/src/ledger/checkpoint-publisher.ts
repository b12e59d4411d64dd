import type { ArtifactStore } from '@lethe/artifacts'
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * Puts signed checkpoints where a change of the database cannot reach them: among the tenant's blobs and, when a folder
 * is given, as files `<tenant>/<size>` with the newest also as `<tenant>/latest`.
 */
export class CheckpointPublisher {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly folder: string | undefined,
  ) {}

  /**
   * Publishing the same checkpoint again changes nothing.
   *
   * @throws Error when another checkpoint of this size was published before: then the log was forked, and nothing
   *   published is overwritten
   */
  async publish(tenantId: string, size: bigint, note: string): Promise<void> {
    await this.artifacts.put(tenantId, Buffer.from(note, 'utf8'))
    if (this.folder === undefined) return
    const folder = path.join(this.folder, tenantId)
    await mkdir(folder, { recursive: true })
    await this.#writeOnce(path.join(folder, String(size)), note)
    await withDraft(folder, note, (draft) => rename(draft, path.join(folder, 'latest')))
  }

  async #writeOnce(file: string, note: string): Promise<void> {
    try {
      await withDraft(path.dirname(file), note, (draft) => link(draft, file))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if ((await readFile(file, 'utf8')) !== note)
        throw new Error(`Another checkpoint of this size is published in ${file}; the log was forked.`, {
          cause: error,
        })
    }
  }
}

/** Files appear whole or not at all: half a checkpoint that a crash left would look like a fork for ever. */
async function withDraft(folder: string, note: string, place: (draft: string) => Promise<void>): Promise<void> {
  const draft = path.join(folder, `.${randomUUID()}.part`)
  try {
    const file = await open(draft, 'wx')
    try {
      await file.writeFile(note)
      await file.sync()
    } finally {
      await file.close()
    }
    await place(draft)
  } finally {
    await rm(draft, { force: true })
  }
}
