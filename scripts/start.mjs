// npm start: whatever is missing is installed and built, then `lethe up`. Built-ins only until then.
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Lethe needs Node 20.19 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

const { withPrepareLock } = await import('./prepare-lock.mjs')
const { installIfNeeded } = await import('./install.mjs')
try {
  await withPrepareLock(root, async () => {
    installIfNeeded(root)
    const { buildAll } = await import('./build.mjs')
    await buildAll()
  })
} catch (error) {
  console.error(error.message)
  process.exit(1)
}

// In this process, so that there is one to signal and none to lose.
process.argv.splice(1, 1, fileURLToPath(new URL('../apps/cli/bin/lethe.mjs', import.meta.url)), 'up')
await import('../apps/cli/bin/lethe.mjs')
