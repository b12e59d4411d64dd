/** Why an organisation's provider signed nobody in, where the sign-in page has more to say than that. */
const told = ['QUOTA_MEMBERS', 'TENANT_CLOSED'] as const
export type SsoProblem = (typeof told)[number] | 'refused'

export const ssoProblemOf = (code: string | undefined): SsoProblem => told.find((one) => one === code) ?? 'refused'
