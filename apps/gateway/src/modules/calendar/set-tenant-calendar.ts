import { readContractTerms, toJson, type Tx } from '@lethe/db'
import { ContractTerms, DomainError, StatuteId, wallTime } from '@lethe/domain'
import { canonicalJson } from '@lethe/ledger'
import { z } from 'zod'
import type { Scope } from '../../context.js'
import { parseInput } from '../../graphql/parse-input.js'
import { runOnce } from '../../graphql/run-once.js'
import type { ContractTermsInput } from './calendar.inputs.js'

const isTimeZone = (zone: string): boolean => {
  try {
    return wallTime('2026-01-01', '12:00', zone) !== ''
  } catch {
    return false
  }
}

const Calendar = z.object({
  timeZone: z.string().max(100).refine(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin'),
  holidays: z
    .array(z.iso.date('must be a day, such as 2026-12-25'))
    .max(2000)
    .transform((days) => [...new Set(days)].sort()),
  statuteId: StatuteId,
})

export interface SetTenantCalendar extends z.input<typeof Calendar> {
  readonly idempotencyKey: string
  readonly contractTerms?: ContractTermsInput | null
}

/**
 * Sets by what clocks count that start from now on. Clocks that run keep what they were started under, until they are
 * moved (changeClockRule).
 *
 * @returns the tenant's id
 * @throws DomainError INVALID_INPUT, CONTRACT_TERMS_MISSING
 */
export const setTenantCalendar = (
  scope: Scope,
  input: Omit<SetTenantCalendar, 'statuteId'> & { readonly statuteId: string },
): Promise<string> =>
  runOnce(scope, 'setTenantCalendar', input, async (tx, now) => {
    const { tenantId, viewer } = scope
    const calendar = parseInput(Calendar, input, 'input')
    await tx.$queryRaw`SELECT 1 FROM tenant WHERE id = ${tenantId}::uuid FOR UPDATE`
    const terms = await keepTerms(tx, scope, input.contractTerms ?? null, now)
    if (calendar.statuteId === 'contract' && terms === null)
      throw new DomainError('CONTRACT_TERMS_MISSING', 'Set the terms of the contract too.', 'input.contractTerms')
    await tx.tenant.update({ where: { id: tenantId }, data: calendar })
    const setBy = scope.services.commitToPerson(viewer)
    const predicate = { ...calendar, ...(terms === null ? {} : { terms }), setBy }
    return { id: tenantId, evidence: [{ kind: 'clock-terms-set/v1', subjects: [], predicate }] }
  })

/** Terms that differ from the newest become the next version. */
async function keepTerms(
  tx: Tx,
  { tenantId, viewer }: Scope,
  input: ContractTermsInput | null,
  now: Date,
): Promise<ContractTerms | null> {
  const newest = await readContractTerms(tx, tenantId)
  if (input === null) return newest
  const { acknowledge, extension, ...rest } = JSON.parse(JSON.stringify(input)) as ContractTermsInput
  const version = (newest?.version ?? 0) + 1
  const given = { version, acknowledge: acknowledge ?? null, extension: extension ?? null, ...rest }
  const terms = parseInput(ContractTerms, given, 'input.contractTerms')
  if (newest !== null && canonicalJson({ ...terms, version: 0 }) === canonicalJson({ ...newest, version: 0 }))
    return newest
  await tx.contractTermsVersion.create({
    data: { tenantId, version, terms: toJson(terms), setBy: viewer.userId, at: now },
  })
  return terms
}
