import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { download } from './download.js'
import { firstLine, type Report } from './report.js'

const run = promisify(execFile)

/** The release that tfjs-node 4.22.0 was made for, as its own install script names it. */
const release = {
  version: '2.9.1',
  sha256: {
    cpu: '7f510d2546e3db5e10b1d119463689003d587842892ad3c95bca51cf82820173',
    gpu: '20c46f761d5905f592c4eac0812e8e50d9cb439f9440a9391912cf4c02ed8be8',
  },
}

/** Puts the libraries into `folder` and the C headers into `folder/include`, and returns where they came from. */
export async function fetchRelease(folder: string, wantsGpu: boolean, report: Report): Promise<string> {
  const source = `libtensorflow ${release.version}, official archive`
  if (process.arch !== 'x64') throw new Error(`the official archive has no build for ${process.arch}`)
  const archive = path.join(folder, 'release.tar.gz')
  const build = wantsGpu ? 'gpu' : 'cpu'
  const name = `libtensorflow-${build}-linux-x86_64-${release.version}.tar.gz`
  report('TensorFlow: trying the official archive')
  try {
    await download(`https://storage.googleapis.com/tensorflow/libtensorflow/${name}`, archive, {
      sha256: release.sha256[build],
    })
    const unpacked = path.join(folder, 'unpacked')
    mkdirSync(unpacked)
    await run('tar', ['-xzf', archive, '-C', unpacked], { timeout: 120_000 })
    const libraries = readdirSync(path.join(unpacked, 'lib')).filter((file) => file.startsWith('libtensorflow'))
    for (const file of libraries) renameSync(path.join(unpacked, 'lib', file), path.join(folder, file))
    renameSync(path.join(unpacked, 'include'), path.join(folder, 'include'))
    rmSync(unpacked, { recursive: true })
  } catch (error) {
    throw new Error(`the official archive is not to be had (${firstLine(error)})`)
  }
  rmSync(archive)
  return source
}

/** The Python package carries the same libraries. pip's own configuration decides where it comes from. */
export async function fetchWheel(folder: string, wantsGpu: boolean, report: Report): Promise<string> {
  const name = wantsGpu || process.arch !== 'x64' ? 'tensorflow' : 'tensorflow-cpu'
  const python = await findPip()
  if (python === undefined) throw new Error(`there is no pip to fetch ${name} with (install python3-pip)`)
  const wheels = path.join(folder, 'wheels')
  mkdirSync(wheels)
  report(`TensorFlow: fetching ${name} through pip, about 250 MB`)
  const wheel = await pipDownload(python, name, wheels)
  report('TensorFlow: unpacking its libraries')
  await run(python, ['-c', unpackScript, wheel, folder], { timeout: 300_000 })
  rmSync(wheels, { recursive: true })
  return path.basename(wheel).split('-').slice(0, 2).join(' ').replaceAll('_', '-') + ' from pip'
}

async function findPip(): Promise<string | undefined> {
  for (const python of ['python3', 'python']) {
    const works = await run(python, ['-m', 'pip', '--version'], { timeout: 20_000 }).then(Boolean, () => false)
    if (works) return python
  }
  return undefined
}

/** Only the libraries matter, not which Python they are for: if there is no wheel for this one, one for another will do. */
async function pipDownload(python: string, name: string, into: string): Promise<string> {
  const base = [
    '-m',
    'pip',
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--no-cache-dir',
    '--disable-pip-version-check',
  ]
  const bounds = ['--timeout', '10', '--retries', '1', '-q', '-d', into, `${name}>=2.16,<3`]
  let failure: unknown
  for (const other of [[], ['--python-version', '3.12']]) {
    try {
      await run(python, [...base, ...other, ...bounds], { timeout: 900_000 })
      const wheel = readdirSync(into).find((file) => file.endsWith('.whl'))
      if (wheel !== undefined) return path.join(into, wheel)
    } catch (error) {
      failure ??= error
    }
  }
  throw new Error(`pip has no ${name} (${lastLine(failure)})`)
}

function lastLine(error: unknown): string {
  const { stderr } = (error ?? {}) as { stderr?: string }
  return stderr?.trim().split('\n').at(-1) ?? firstLine(error)
}

/** Arguments: wheel, folder. Libraries land in the folder itself, headers in `include`. */
const unpackScript = `
import os, shutil, sys, zipfile
wheel, folder = sys.argv[1:]
headers = tuple('tensorflow/include/' + part for part in
                ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/', 'xla/tsl/platform/'))
libraries = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        if name in libraries:
            target = os.path.join(folder, os.path.basename(name))
        elif name.startswith(headers) and name.endswith('.h'):
            target = os.path.join(folder, os.path.relpath(name, 'tensorflow'))
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, 'wb') as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`
