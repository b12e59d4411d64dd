import pg from 'pg'

/** The logins that migrations make. None owns a table, is a superuser or may bypass row-level security. */
export const logins = { gateway: 'lethe_gateway', registrar: 'lethe_registrar', auth: 'lethe_auth' } as const
export type Login = keyof typeof logins

/** The owner's URL with another login in its place. */
export function loginUrl(ownerUrl: string, login: Login, password: string): string {
  const url = new URL(ownerUrl)
  url.username = logins[login]
  url.password = encodeURIComponent(password)
  return url.toString()
}

const attempts = 20

/**
 * Sets the logins' passwords, and how long they may leave a transaction idle; safe to repeat at every start. Roles belong to the whole cluster, so two starters may
 * collide ("tuple concurrently updated"): the loser tries again.
 */
export async function setRolePasswords(input: {
  ownerUrl: string
  passwords: Readonly<Partial<Record<Login, string>>>
}): Promise<void> {
  const client = new pg.Client({ connectionString: input.ownerUrl })
  await client.connect()
  try {
    for (const [login, password] of Object.entries(input.passwords) as [Login, string][]) {
      const role = client.escapeIdentifier(logins[login])
      // At the role, since poolers refuse to hand such a setting on from a client.
      const settings = `ALTER ROLE ${role} SET idle_in_transaction_session_timeout = '60s'`
      await retryOnCollision(() => client.query(`ALTER ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(password)}`))
      await retryOnCollision(() => client.query(settings))
    }
  } finally {
    await client.end()
  }
}

async function retryOnCollision(work: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await work()
      return
    } catch (error) {
      const collided = error instanceof Error && error.message.includes('tuple concurrently updated')
      if (!collided || attempt === attempts) throw error
    }
  }
}
