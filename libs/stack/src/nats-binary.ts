import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { download } from './download.js'
import { withLock } from './file-lock.js'
import { firstLine, type Report } from './report.js'

export interface NatsBinary {
  file: string
  version: string
  /** Where it came from: NATS_SERVER_BIN, PATH, cache, official release, Debian. */
  source: string
}

export interface FindNatsOptions {
  cacheDir: string
  /** NATS_SERVER_BIN. */
  binary?: string | undefined
  /** PATH. */
  searchPath?: string | undefined
  report?: Report
}

const minimum = [2, 10, 0] as const
const run = promisify(execFile)

/** Digests as published with the release (they stand in the official container images as well). */
const release = {
  version: '2.12.7',
  sha256: new Map([
    ['linux-x64', '570d2d627db111e679cc1e6bc57ba78f373ed1769acd8dc9c21c8f62d15b3c52'],
    ['linux-arm64', '3b9a79986778285c0e5acaba0b1218b72f6159db68fe5b8916a7d846240f9f22'],
  ]),
}

/** A nats-server of 2.10 or newer: yours, the cache's, or one fetched now. Says in one line what each failed attempt was. */
export async function findNatsServer(options: FindNatsOptions): Promise<NatsBinary> {
  const installed = await findInstalledNats(options)
  if (installed !== undefined) return installed
  const home = cacheHome(options.cacheDir)
  mkdirSync(home, { recursive: true })
  const fetch = async () => (await readCache(home)) ?? (await fetchServer(home, options.report ?? (() => {})))
  return withLock(path.join(home, 'fetch.lock'), fetch, 600_000)
}

/** One that is on this machine already; nothing is fetched. */
export async function findInstalledNats(options: FindNatsOptions): Promise<NatsBinary | undefined> {
  const { cacheDir, binary, report = () => {} } = options
  if (binary !== undefined) {
    const version = await versionOf(binary)
    if (version === undefined) throw new Error(`NATS_SERVER_BIN=${binary} is not a nats-server that runs here`)
    if (!isRecent(version))
      throw new Error(`NATS_SERVER_BIN=${binary} is ${version}; at least ${minimum.join('.')} is needed`)
    return { file: binary, version, source: 'NATS_SERVER_BIN' }
  }
  return (await findOnPath(options.searchPath ?? '', report)) ?? (await readCache(cacheHome(cacheDir)))
}

const cacheHome = (cacheDir: string): string =>
  path.join(cacheDir, 'nats-server', `${process.platform}-${process.arch}`)

async function fetchServer(home: string, report: Report): Promise<NatsBinary> {
  for (const [source, obtain] of [
    [`the official release ${release.version}`, fromRelease],
    ['Debian forky', (folder: string) => fromDebian('forky', folder)],
    ['Debian trixie', (folder: string) => fromDebian('trixie', folder)],
  ] as const) {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'lethe-nats-'))
    try {
      report(`nats-server: trying ${source}`)
      return await installInto(home, await obtain(folder), source)
    } catch (error) {
      report(`nats-server: not to be had from ${source} (${firstLine(error)})`)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const hint = process.platform === 'darwin' ? 'run `brew install nats-server`' : 'install nats-server 2.10 or newer'
  throw new Error(`no nats-server found: ${hint}, or set NATS_SERVER_BIN to one or NATS_URL to a running server`)
}

async function fromRelease(folder: string): Promise<string> {
  const sha256 = release.sha256.get(`${process.platform}-${process.arch}`)
  if (sha256 === undefined) throw new Error(`no digest is pinned for ${process.platform}-${process.arch}`)
  const name = `nats-server-v${release.version}-${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const archive = path.join(folder, 'release.tar.gz')
  const url = `https://github.com/nats-io/nats-server/releases/download/v${release.version}/${name}.tar.gz`
  await download(url, archive, { sha256, finishWithinMs: 180_000 })
  await run('tar', ['-xzf', archive, '-C', folder, `${name}/nats-server`], { timeout: 60_000 })
  return path.join(folder, name, 'nats-server')
}

/**
 * The Debian archive that this machine's apt already uses, in a newer suite, with lists and cache of its own: no root, and
 * nothing of the system changes. apt checks the archive's signature.
 */
async function fromDebian(suite: string, folder: string): Promise<string> {
  const { stdout } = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)'], { timeout: 10_000 })
  const archive = stdout.split('\n').find((uri) => /\/debian\/?$/.test(uri))
  if (archive === undefined) throw new Error('apt is not configured for a Debian archive')
  for (const name of ['lists/partial', 'cache/archives/partial', 'sources', 'unpacked'])
    mkdirSync(path.join(folder, name), { recursive: true })
  const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg'
  const source = ['Types: deb', `URIs: ${archive}`, `Suites: ${suite}`, 'Components: main', `Signed-By: ${keyring}`, '']
  writeFileSync(path.join(folder, 'sources', 'debian.sources'), source.join('\n'))
  const settings = [
    'Dir::Etc::SourceList=/dev/null',
    `Dir::Etc::SourceParts=${folder}/sources`,
    `Dir::State::Lists=${folder}/lists`,
    `Dir::Cache=${folder}/cache`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::Retries=1',
    'Acquire::http::Timeout=10',
  ].flatMap((setting) => ['-o', setting])
  await run('apt-get', [...settings, '-qq', 'update'], { timeout: 90_000 })
  await run('apt-get', [...settings, '-qq', 'download', 'nats-server'], { cwd: folder, timeout: 120_000 })
  const archiveFile = readdirSync(folder).find((name) => name.endsWith('.deb'))
  if (archiveFile === undefined) throw new Error(`${suite} has no nats-server for this machine`)
  await run('dpkg-deb', ['-x', path.join(folder, archiveFile), path.join(folder, 'unpacked')], { timeout: 60_000 })
  return path.join(folder, 'unpacked', 'usr', 'sbin', 'nats-server')
}

async function installInto(home: string, file: string, source: string): Promise<NatsBinary> {
  const partial = path.join(home, `nats-server.${process.pid}`)
  copyFileSync(file, partial)
  chmodSync(partial, 0o755)
  const version = await versionOf(partial)
  if (version === undefined || !isRecent(version)) {
    rmSync(partial)
    throw new Error(version === undefined ? 'it does not run here' : `it is ${version}`)
  }
  const sha256 = digestOf(partial)
  renameSync(partial, path.join(home, 'nats-server'))
  writeFileSync(path.join(home, 'manifest.json'), JSON.stringify({ version, source, sha256 }))
  return { file: path.join(home, 'nats-server'), version, source }
}

/** What an earlier start fetched, if it is still bit for bit what was fetched. */
async function readCache(home: string): Promise<NatsBinary | undefined> {
  const file = path.join(home, 'nats-server')
  try {
    const manifest = JSON.parse(readFileSync(path.join(home, 'manifest.json'), 'utf8')) as Record<string, string>
    if (digestOf(file) !== manifest.sha256) return undefined
    const version = await versionOf(file)
    return version === undefined ? undefined : { file, version, source: `cache, from ${manifest.source}` }
  } catch {
    return undefined
  }
}

async function findOnPath(searchPath: string, report: Report): Promise<NatsBinary | undefined> {
  for (const folder of [...searchPath.split(path.delimiter), '/usr/sbin', '/usr/local/sbin']) {
    const file = path.join(folder, 'nats-server')
    if (!path.isAbsolute(folder) || !existsSync(file)) continue
    const version = await versionOf(file)
    if (version !== undefined && isRecent(version)) return { file, version, source: 'PATH' }
    report(`nats-server: ${file} is ${version ?? 'not runnable'}, not ${minimum.join('.')} or newer`)
  }
  return undefined
}

async function versionOf(file: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(file, ['--version'], { timeout: 10_000 })
    return /v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1]
  } catch {
    return undefined
  }
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > minimum[0] || (major === minimum[0] && minor >= minimum[1])
}

const digestOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')
