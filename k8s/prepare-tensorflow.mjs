// Puts what `lethe up` would prepare in the user's cache into a folder of an image instead. Argument: the folder.
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { provisionTensorflow } from '@lethe/stack'

const [folder] = process.argv.slice(2)
if (!folder) {
  process.stderr.write('Name the folder: node k8s/prepare-tensorflow.mjs /opt/tensorflow\n')
  process.exit(1)
}

const { tfjsNodeDir, summary } = await provisionTensorflow({
  cacheDir: mkdtempSync(join(tmpdir(), 'lethe-')),
  backend: process.env.BACKEND ?? 'tensorflow',
})
if (tfjsNodeDir === undefined) throw new Error(`No TensorFlow for this image: ${summary}`)
cpSync(tfjsNodeDir, folder, { recursive: true, dereference: true })
process.stdout.write(`${summary}\n`)
