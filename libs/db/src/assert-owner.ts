import pg from 'pg'
import { databaseError, type DatabaseError } from './errors.js'
import { logins } from './logins.js'

/** Longest that a server may take to let somebody in. */
const connectTimeoutMs = 10_000

interface OwnerRow {
  login: string
  superuser: boolean
  makesRoles: boolean
  makesDatabases: boolean
  ownsDatabase: boolean
  encoding: string
  /** Roles of ours that are there and that this login may not change. */
  foreignRoles: string[]
}

/** From PostgreSQL 16 on, CREATEROLE reaches only roles that one was given with ADMIN OPTION, as whoever makes them is. */
const ownerQuery = `
  SELECT r.rolname::text AS login, r.rolsuper AS superuser, r.rolcreaterole AS "makesRoles",
         r.rolcreatedb AS "makesDatabases", pg_has_role(current_user, d.datdba, 'USAGE') AS "ownsDatabase",
         pg_encoding_to_char(d.encoding)::text AS encoding,
         ARRAY(SELECT o.rolname::text FROM pg_roles o
               WHERE o.rolname = ANY($1) AND NOT r.rolsuper
                 AND NOT pg_has_role(current_user, o.oid, 'MEMBER WITH ADMIN OPTION')
               ORDER BY 1) AS "foreignRoles"
  FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()`

const roles = [...Object.values(logins), 'lethe_platform']

/**
 * Refuses an owner's address by which the migrations could not be applied, before anything is changed. A database that is not
 * there is made by `migrate`, if this login may.
 *
 * @throws DomainError DATABASE_UNREACHABLE, DATABASE_SIGN_IN_REFUSED, DATABASE_MISSING, DATABASE_OWNER_UNFIT
 */
export async function assertOwner(ownerUrl: string): Promise<void> {
  const name = databaseOf(ownerUrl)
  const owner = await lookAt(ownerUrl)
  if (owner !== null) return assertFit(owner, name)
  const beside = new URL(ownerUrl)
  beside.pathname = '/postgres'
  const creator = await lookAt(beside.toString())
  if (creator === null || !(creator.superuser || creator.makesDatabases))
    throw refusal(
      'DATABASE_MISSING',
      `There is no database ${name} at ${beside.host}, and this login may not make one; CREATE DATABASE ${name} OWNER ${creator?.login ?? 'it'}.`,
    )
  assertFit({ ...creator, ownsDatabase: true, encoding: 'UTF8' }, name)
}

/** Null where the server has no such database. */
async function lookAt(url: string): Promise<OwnerRow | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectTimeoutMs })
  // A connection that breaks while it is closed is nobody's business.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<OwnerRow>(ownerQuery, [roles])
    return rows[0] ?? null
  } catch (error) {
    if (codeOf(error) === '3D000') return null
    throw unreachable(error, new URL(url))
  } finally {
    await client.end().catch(() => undefined)
  }
}

function assertFit(owner: OwnerRow, database: string): void {
  const { login } = owner
  const [why, fix] = !owner.ownsDatabase
    ? [`does not own the database ${database}`, `ALTER DATABASE ${database} OWNER TO ${login}`]
    : !owner.superuser && !owner.makesRoles
      ? ['may not make roles, and every service signs in as one of its own', `ALTER ROLE ${login} CREATEROLE`]
      : owner.foreignRoles.length > 0
        ? [
            `may not change ${owner.foreignRoles.join(', ')}, which somebody else made`,
            `GRANT ${owner.foreignRoles.join(', ')} TO ${login} WITH ADMIN OPTION`,
          ]
        : owner.encoding !== 'UTF8'
          ? [
              `owns a database in ${owner.encoding}`,
              `CREATE DATABASE ${database} OWNER ${login} ENCODING UTF8 TEMPLATE template0`,
            ]
          : [null, '']
  if (why !== null) throw refusal('DATABASE_OWNER_UNFIT', `The login ${login} ${why}; as an administrator: ${fix};`)
}

/** What kept us out, without the password. */
function unreachable(error: unknown, { host, username, hostname }: URL): DatabaseError {
  const code = codeOf(error)
  const why = error instanceof Error && error.message !== '' ? error.message : String(code)
  if (code === '28P01' || code === '28000')
    return refusal(
      'DATABASE_SIGN_IN_REFUSED',
      `PostgreSQL at ${host} does not let ${decodeURIComponent(username)} in (${why}); correct name and password, or the server's pg_hba.conf.`,
    )
  return refusal(
    'DATABASE_UNREACHABLE',
    `No PostgreSQL answers at ${host === '' ? hostname : host} (${why}); start it, or correct host and port.`,
  )
}

const refusal = (code: Parameters<typeof databaseError>[0], message: string): DatabaseError =>
  databaseError(code, message, 'DATABASE_URL')

const databaseOf = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1))

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code
