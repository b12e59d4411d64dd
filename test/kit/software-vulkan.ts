import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

const require = createRequire(import.meta.url)
/** Keeps the library when the load fails, which it does: it is no module of Node. */
const NO_DELETE = 0x1000

/**
 * Gives this process a Vulkan without a GPU: the loader and SwiftShader of the Chromium that ships inside an npm package. Linux
 * on x64 only. Elsewhere nothing is done, and Dawn takes the system's own driver. Gives what removes its files again.
 */
export function provideSoftwareVulkan(): () => void {
  if (process.platform !== 'linux' || process.arch !== 'x64') return () => {}
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lethe-vulkan-'))
  const home = path.join(path.dirname(require.resolve('@sparticuz/chromium')), '..', '..', 'bin')
  for (const [name, data] of filesOf(brotliDecompressSync(readFileSync(path.join(home, 'swiftshader.tar.br')))))
    writeFileSync(path.join(folder, path.basename(name)), data, { mode: 0o755 })
  process.env['VK_ICD_FILENAMES'] = path.join(folder, 'vk_swiftshader_icd.json')
  try {
    process.dlopen({ exports: {} }, path.join(folder, 'libvulkan.so.1'), os.constants.dlopen.RTLD_NOW | NO_DELETE)
  } catch (error) {
    if (!String(error).includes('did not self-register')) throw error
  }
  return () => rmSync(folder, { recursive: true, force: true })
}

/** The plain files of a tar archive. */
function* filesOf(tar: Buffer): Generator<[string, Buffer]> {
  for (let at = 0; at + 512 <= tar.length;) {
    const header = tar.subarray(at, at + 512)
    const name = header.toString('utf8', 0, 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(header.toString('latin1', 124, 136), 8) || 0
    if (name !== '' && !name.endsWith('/')) yield [name, tar.subarray(at + 512, at + 512 + size)]
    at += 512 + 512 * Math.ceil(size / 512)
  }
}
