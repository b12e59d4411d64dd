import path from 'node:path'
import { defineConfig } from 'prisma/config'

process.env['CHECKPOINT_DISABLE'] ??= '1'
// Prisma's CLI would download a native schema engine before every command; ours speaks its protocol over WASM.
process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= path.join(import.meta.dirname, 'libs/db/schema-engine.mjs')

export default defineConfig({
  schema: 'prisma/schema',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://postgres@127.0.0.1:5432/lethe' },
})
