#!/usr/bin/env node
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const main = new URL('../dist/main.js', import.meta.url)
if (!existsSync(fileURLToPath(main))) {
  console.error('Lethe is not built yet. Run `npm start`, or `npm run build`, in its folder.')
  process.exit(1)
}
process.setSourceMapsEnabled(true)
const { runCli } = await import(main.href)
await runCli(process.argv)
