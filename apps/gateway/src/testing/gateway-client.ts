export interface GraphqlAnswer {
  readonly status: number
  readonly data: Record<string, unknown> | null | undefined
  readonly errors?: readonly { message: string; path?: unknown; extensions: Record<string, unknown> }[] | undefined
}

/** How a test speaks to a gateway. */
export interface GatewayClient {
  readonly post: (path: string, body: unknown, token?: string) => Promise<Response>
  readonly graphql: (token: string | null, query: string, variables?: object) => Promise<GraphqlAnswer>
  /** @throws Error with the answer where the token that it ends in was not given */
  readonly signIn: (email: string, password?: string) => Promise<string>
}

export interface TestTenant {
  readonly id: string
  /** Tokens by role. */
  readonly tokens: Readonly<Record<TestRole, string>>
  readonly userIds: Readonly<Record<TestRole, string>>
}

const roles = ['tenant_owner', 'engineer', 'privacy_officer', 'data_owner', 'auditor'] as const
export type TestRole = (typeof roles)[number]

export const password = 'correct horse battery'
export const adminEmail = 'admin@lethe.test'

/** A member of an answer that what follows stands on. @throws Error with the whole answer where it is missing */
async function given(response: Response, name: string): Promise<string> {
  const text = await response.text()
  const value = response.ok ? (JSON.parse(text) as Record<string, unknown>)[name] : undefined
  if (typeof value === 'string') return value
  throw new Error(`${response.url} gave no ${name}, and answered ${response.status} ${text}`)
}

export function createGatewayClient(url: string): GatewayClient {
  const post: GatewayClient['post'] = (path, body, token) =>
    fetch(url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    })
  return {
    post,
    graphql: async (token, query, variables) => {
      const response = await post('/graphql', { query, variables }, token ?? undefined)
      const { data, errors } = (await response.json()) as GraphqlAnswer
      return { status: response.status, data, errors }
    },
    signIn: async (email, secret = password) => {
      const session = await given(await post('/auth/sign-in/email', { email, password: secret }), 'token')
      const issued = await fetch(`${url}/auth/token`, { headers: { authorization: `Bearer ${session}` } })
      return given(issued, 'token')
    },
  }
}

/** A tenant with one member of each role; the data owner is known as `subject-<slug>`. */
export async function createTenant({ post, signIn }: GatewayClient, slug: string): Promise<TestTenant> {
  const admin = await signIn(adminEmail)
  const email = (role: string) => `${role}@${slug}.test`
  const person = (role: string) => ({ email: email(role), name: `${role} of ${slug}`, password })
  const made = await post('/v1/admin/tenants', { name: slug, slug, owner: person('tenant_owner') }, admin)
  const [id, ownerId] = [await given(made.clone(), 'tenantId'), await given(made, 'ownerId')]
  const userIds: Record<string, string> = { tenant_owner: ownerId }
  for (const role of roles.slice(1)) {
    const subjectKey = role === 'data_owner' ? { subjectKey: `subject-${slug}` } : {}
    const added = await post('/v1/admin/members', { ...person(role), tenantId: id, role, ...subjectKey }, admin)
    userIds[role] = await given(added, 'userId')
  }
  const tokens = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, await signIn(email(role))] as const)),
  )
  return { id, tokens: tokens as Record<TestRole, string>, userIds: userIds as Record<TestRole, string> }
}

/** A tenant whose owner alone can sign in. */
export async function createOwnedTenant({ post, signIn }: GatewayClient, slug: string, admin: string) {
  const owner = { email: `owner@${slug}.test`, name: `owner of ${slug}`, password }
  const made = await post('/v1/admin/tenants', { name: slug, slug, owner }, admin)
  return { id: await given(made, 'tenantId'), token: await signIn(owner.email) }
}
