import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import type { TfjsNodeManifest } from '@lethe/device'
import { firstLine, type Report } from './report.js'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/**
 * Compiles tfjs-node's native module against the libraries in `folder`, tries it in a process of its own and writes the
 * manifest. Node-API is stable, so the headers of the npm package `node-api-headers` serve every Node we support.
 */
export async function buildBinding(folder: string, source: string, gpuBuild: boolean, report: Report): Promise<void> {
  report('TensorFlow: compiling the binding to Node')
  const libraries = readdirSync(folder).filter((name) => /^libtensorflow.*\.so\.2$/.test(name))
  const bindingSource = path.join(path.dirname(require.resolve('@tensorflow/tfjs-node/package.json')), 'binding')
  const nodeHeaders = path.join(path.dirname(require.resolve('node-api-headers/package.json')), 'include')
  const flags = ['-std=c++17', '-O2', '-fPIC', '-shared', '-DNAPI_VERSION=8', '-DBUILDING_NODE_EXTENSION']
  const inputs = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(bindingSource, name))
  const links = [`-L${folder}`, ...libraries.map((name) => `-l:${name}`), '-Wl,-rpath,$ORIGIN']
  const output = path.join(folder, 'tfjs_binding.node')
  const compiler = await findCompiler()
  const includes = [`-I${nodeHeaders}`, `-I${path.join(folder, 'include')}`]
  try {
    await run(compiler, [...flags, ...includes, ...inputs, '-o', output, ...links], { timeout: 600_000 })
  } catch (error) {
    throw new Error(`${source} was found, but the binding does not compile against it (${firstLine(error)})`)
  }
  rmSync(path.join(folder, 'include'), { recursive: true, force: true })
  const tensorflowVersion = await tryBinding(output, source)
  const files: TfjsNodeManifest['files'] = {}
  for (const name of readdirSync(folder)) files[name] = await digest(path.join(folder, name))
  const manifest: TfjsNodeManifest = { tensorflowVersion, gpuBuild, source, files }
  writeFileSync(path.join(folder, 'manifest.json'), JSON.stringify(manifest, null, 2))
}

export async function digest(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return { bytes: statSync(file).size, sha256: hash.digest('hex') }
}

async function findCompiler(): Promise<string> {
  for (const name of ['c++', 'g++', 'clang++'])
    if (await run(name, ['--version'], { timeout: 10_000 }).then(Boolean, () => false)) return name
  throw new Error('there is no C++ compiler to build the binding with (install g++)')
}

/** A library that crashes on load takes only this child with it. */
async function tryBinding(file: string, source: string): Promise<string> {
  const script = `process.stdout.write(require(${JSON.stringify(file)}).TF_Version)`
  try {
    const { stdout } = await run(process.execPath, ['-e', script], { timeout: 120_000 })
    if (stdout !== '') return stdout
    throw new Error('it names no version')
  } catch (error) {
    throw new Error(`${source} was built, but does not load (${firstLine(error)})`)
  }
}
