import { z } from 'zod'
import { ContractTerms } from './contract-terms.js'
import { StatuteId } from './statutes.js'

/** By what a clock counts: with its events, all that a due date follows from. */
export const ClockBasis = z.strictObject({
  statuteId: StatuteId,
  ruleVersion: z.int().min(1),
  /** Of a contract; null under a statute. */
  terms: ContractTerms.nullable(),
  /** IANA zone in which days are counted. */
  timeZone: z.string().min(1).max(100),
  /** Days (YYYY-MM-DD) that are no working days besides the week's own. */
  holidays: z.array(z.iso.date()).max(2000),
})
export type ClockBasis = z.infer<typeof ClockBasis>

export const ClockEventKind = z.enum(['start', 'acknowledge', 'pause', 'resume', 'extend', 'change', 'stop'])
export type ClockEventKind = z.infer<typeof ClockEventKind>

/** What happened to a clock. Instants are ISO 8601 in UTC; the order of the array is the order of events. */
export const ClockEvent = z.object({
  kind: ClockEventKind,
  at: z.iso.datetime(),
  reason: z.string().max(500),
  /** Of an extension: how far, in the unit of the rule's limit; the limit itself where missing. */
  count: z.int().min(1).optional(),
  /** Of a change: by what the clock counts from then on, from its start. */
  basis: ClockBasis.optional(),
})
export type ClockEvent = z.infer<typeof ClockEvent>
