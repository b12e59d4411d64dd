export { startPostgres, stopOrphanedPostgres, type Postgres, type StartPostgresOptions } from './postgres.js'
