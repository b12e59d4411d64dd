import pg from 'pg'
import { assertIsolation, assertLogin } from './assert-isolation.js'
import { assertOwner } from './assert-owner.js'
import { loginUrl, logins, setRolePasswords, type Login } from './logins.js'
import { migrate } from './migrate.js'

/**
 * Makes a database ready for the services, whoever runs its server: migrations, then the logins' passwords; safe to repeat.
 * Each login is then tried, so that what the services would refuse is said here.
 *
 * @returns names of the migrations that were applied
 * @throws DomainError DATABASE_UNREACHABLE, DATABASE_SIGN_IN_REFUSED, DATABASE_MISSING, DATABASE_OWNER_UNFIT,
 *   MIGRATION_EDITED, MIGRATION_FAILED, LOGIN_UNSAFE, ISOLATION_MISSING
 */
export async function prepareDatabase(input: {
  ownerUrl: string
  passwords: Readonly<Record<Login, string>>
}): Promise<string[]> {
  await assertOwner(input.ownerUrl)
  const applied = await migrate({ ownerUrl: input.ownerUrl })
  await setRolePasswords(input)
  for (const login of Object.keys(logins) as Login[])
    await tryLogin(loginUrl(input.ownerUrl, login, input.passwords[login]), login)
  return applied
}

async function tryLogin(url: string, login: Login): Promise<void> {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  pool.on('error', () => undefined)
  try {
    // The identity provider's login reaches no table of a tenant, and no policy.
    await (login === 'auth' ? assertLogin : assertIsolation)(pool, logins[login])
  } finally {
    await pool.end()
  }
}
