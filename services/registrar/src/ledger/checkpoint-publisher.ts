import type { ArtifactStore } from '@lethe/artifacts'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
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
    const draft = path.join(folder, 'latest.part')
    await writeFile(draft, note)
    await rename(draft, path.join(folder, 'latest'))
  }

  async #writeOnce(file: string, note: string): Promise<void> {
    try {
      await writeFile(file, note, { flag: 'wx', flush: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      if ((await readFile(file, 'utf8')) !== note)
        throw new Error(`Another checkpoint of this size is published in ${file}; the log was forked.`, {
          cause: error,
        })
    }
  }
}
