/** Codes that have a sentence of their own below `access.problems`. */
const known = [
  'INVITATION_INVALID',
  'CHALLENGE_INVALID',
  'TENANT_SUSPENDED',
  'SIGN_UP_INVALID',
  'SIGN_UP_CLOSED',
  'INVALID_TOKEN',
  'ALREADY_MEMBER',
  'TENANT_CLOSED',
  'QUOTA_MEMBERS',
  'SUBJECT_TAKEN',
  'SLUG_TAKEN',
  'NO_SSO',
  'PROVIDER_UNREACHABLE',
  'RATE_LIMITED',
  'VALIDATION_ERROR',
] as const
export type ProblemKey = (typeof known)[number] | 'UNREACHABLE'

export type Called<Answer> = { ok: true; answer: Answer } | { ok: false; problem: ProblemKey }

/** Asks this site's own server, which passes it on to the identity provider. */
export async function callIdentity<Answer>(path: string, body: object): Promise<Called<Answer>> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => null)
  const answer: unknown = await response?.json().catch(() => null)
  if (response?.ok) return { ok: true, answer: answer as Answer }
  if (response?.status === 429) return { ok: false, problem: 'RATE_LIMITED' }
  const code = (answer as { code?: unknown } | null)?.code
  return { ok: false, problem: known.find((one) => one === code) ?? 'UNREACHABLE' }
}
