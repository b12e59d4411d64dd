import { Digest, DomainError } from '@lethe/domain'
import type { ModelFile } from '@lethe/ledger'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'

/** What the public tool leaves out of every model. */
const ofGit = new Set(['.git', '.gitattributes', '.github', '.gitignore'])

/**
 * Every file of a model's folder with its digest, by relative paths with forward slashes; read piece by piece.
 *
 * @param except files that are left out, such as the signature itself
 * @throws DomainError FOLDER_MISSING, LINK_REFUSED naming what is neither file nor folder
 */
export async function listModelFiles(folder: string, except: readonly string[]): Promise<ModelFile[]> {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new DomainError('FOLDER_MISSING', `There is no folder ${folder}.`, 'folder')
  const omitted = new Set(except.map((file) => path.resolve(file)))
  const files: ModelFile[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    const name = path.relative(folder, file).split(path.sep).join('/')
    if (ofGit.has(name.split('/')[0] ?? '') || omitted.has(path.resolve(file)) || entry.isDirectory()) continue
    if (!entry.isFile())
      throw new DomainError('LINK_REFUSED', `${file} is no regular file; put the file itself there.`, 'folder')
    files.push({ name, digest: await digestOfFile(file) })
  }
  return files
}

async function digestOfFile(file: string): Promise<Digest> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return Digest.parse(hash.digest('hex'))
}
