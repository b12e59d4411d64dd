import type pg from 'pg'
import { databaseError } from './errors.js'

interface LoginRow {
  login: string
  superuser: boolean
  bypasses: boolean
  owns: string[]
}

const loginQuery = `
  SELECT current_user::text AS login, r.rolsuper AS superuser, r.rolbypassrls AS bypasses,
         ARRAY(SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')) AS owns
  FROM pg_roles r WHERE r.rolname = current_user`

/** Tables of the schema on which the policy is missing, not forced, or wider than the tenant for this login. */
const gapQuery = `
  SELECT c.relname::text AS "table",
         CASE WHEN NOT c.relrowsecurity THEN 'row-level security is off'
              WHEN NOT c.relforcerowsecurity THEN 'row-level security is not forced'
              WHEN NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid) THEN 'it has no policy'
              ELSE 'a policy lets this login past its tenant' END AS gap
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> '_prisma_migrations'
    AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity
         OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
         OR EXISTS (SELECT FROM pg_policy p
                    WHERE p.polrelid = c.oid AND p.polpermissive
                      AND EXISTS (SELECT FROM unnest(p.polroles) AS role
                                  WHERE CASE WHEN role = 0 THEN true ELSE pg_has_role(current_user, role, 'MEMBER') END)
                      AND (coalesce(pg_get_expr(p.polqual, p.polrelid), 'true') NOT IN ($1, $2)
                           OR coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid), 'true')
                              NOT IN ($1, $2))))
  ORDER BY 1`

/**
 * Refuses a login for which row-level security would not hold, so that a wrong DATABASE_URL cannot mix tenants.
 *
 * @throws DomainError LOGIN_UNSAFE (owner, superuser, BYPASSRLS or another login than `expected`), ISOLATION_MISSING
 */
export async function assertIsolation(pool: pg.Pool, expected: string): Promise<void> {
  await assertLogin(pool, expected)
  const gaps = await pool.query<{ table: string; gap: string }>(gapQuery, [
    '(tenant_id = app_tenant())',
    '(id = app_tenant())',
  ])
  if (gaps.rows.length > 0)
    throw databaseError(
      'ISOLATION_MISSING',
      `Tenants are not kept apart: ${gaps.rows.map(({ table, gap }) => `${table}: ${gap}`).join('; ')}. Apply the migrations.`,
    )
  const { rows: tables } = await pool.query<{ present: boolean }>(
    "SELECT to_regclass('public.tenant') IS NOT NULL AS present",
  )
  if (tables[0]?.present !== true)
    throw databaseError('ISOLATION_MISSING', 'The database has no tables yet; apply the migrations first.')
}

/** @throws DomainError LOGIN_UNSAFE, as above. */
export async function assertLogin(pool: pg.Pool, expected: string): Promise<void> {
  const { rows } = await pool.query<LoginRow>(loginQuery)
  const login = rows[0]
  const [fault, fix] = faultOf(login, expected)
  if (fault !== null)
    throw databaseError(
      'LOGIN_UNSAFE',
      `The database login ${login?.login ?? ''} is refused because ${fault}; ${fix}.`,
      'DATABASE_URL',
    )
}

/** Why row-level security would not hold for this login, and how to mend it; null where it does. */
function faultOf(login: LoginRow | undefined, expected: string): [fault: string | null, fix: string] {
  const signIn = `let DATABASE_URL log in as ${expected}`
  if (login === undefined) return ['it is not listed among the roles', signIn]
  const mend = (change: string): string => (login.login === expected ? `ALTER ROLE ${expected} ${change}` : signIn)
  if (login.superuser) return ['it is a superuser', mend('NOSUPERUSER')]
  if (login.bypasses) return ['it may bypass row-level security', mend('NOBYPASSRLS')]
  if (login.owns.length > 0) return [`it owns ${login.owns.join(', ')}`, signIn]
  return login.login === expected ? [null, ''] : [`${expected} is meant`, signIn]
}
