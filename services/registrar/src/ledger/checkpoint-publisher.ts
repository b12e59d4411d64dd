import { type ArtifactStore, digestOf } from '@lethe/artifacts'
import { randomUUID } from 'node:crypto'
import { access, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** A signed checkpoint as it leaves the database. */
export interface PublishedCheckpoint {
  readonly size: bigint
  /** Signed note. */
  readonly note: string
  /** That it contains the checkpoint published before it, in the form that witnesses take (C2SP add-checkpoint). */
  readonly growth: string
}

/**
 * Puts signed checkpoints where a change of the database cannot reach them: among the tenant's blobs and, when a folder
 * is given, as files `<tenant>/<size>` and `<tenant>/<size>.add-checkpoint`, with the newest also as `<tenant>/latest`.
 * Whoever reads the folder can follow the log without asking any server.
 */
export class CheckpointPublisher {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly folder: string | undefined,
  ) {}

  async isPublished(tenantId: string, { size, note }: Pick<PublishedCheckpoint, 'size' | 'note'>): Promise<boolean> {
    if (!(await this.artifacts.has(tenantId, digestOf(Buffer.from(note, 'utf8'))))) return false
    return this.folder === undefined || exists(growthFile(path.join(this.folder, tenantId), size))
  }

  /**
   * Publishing the same checkpoint again changes nothing. Publish older ones first.
   *
   * @throws Error when another checkpoint of this size was published before: then the log was forked, and nothing
   *   published is overwritten
   */
  async publish(tenantId: string, { size, note, growth }: PublishedCheckpoint): Promise<void> {
    if (this.folder !== undefined) {
      const folder = path.join(this.folder, tenantId)
      await mkdir(folder, { recursive: true })
      await writeOnce(path.join(folder, String(size)), note)
      await withDraft(folder, note, (draft) => rename(draft, path.join(folder, 'latest')))
      await writeOnce(growthFile(folder, size), growth)
    }
    await this.artifacts.put(tenantId, Buffer.from(growth, 'utf8'))
    await this.artifacts.put(tenantId, Buffer.from(note, 'utf8'))
  }
}

const growthFile = (folder: string, size: bigint): string => path.join(folder, `${size}.add-checkpoint`)

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

async function writeOnce(file: string, text: string): Promise<void> {
  try {
    await withDraft(path.dirname(file), text, (draft) => link(draft, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if ((await readFile(file, 'utf8')) !== text)
      throw new Error(`Another checkpoint of this size is published in ${file}; the log was forked.`, {
        cause: error,
      })
  }
}

/** Files appear whole or not at all: half a checkpoint that a crash left would look like a fork for ever. */
async function withDraft(folder: string, text: string, place: (draft: string) => Promise<void>): Promise<void> {
  const draft = path.join(folder, `.${randomUUID()}.part`)
  try {
    const file = await open(draft, 'wx')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await place(draft)
  } finally {
    await rm(draft, { force: true })
  }
}
