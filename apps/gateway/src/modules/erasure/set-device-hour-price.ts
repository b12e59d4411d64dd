import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { runOnce } from '../../graphql/run-once.js'

export interface SetDeviceHourPrice {
  readonly idempotencyKey: string
  readonly amount: number
  readonly currency: string
}

const highest = 1_000_000

/** What an hour of device time costs the tenant; estimates of plans are told in money from then on. */
export const setDeviceHourPrice = (scope: Scope, input: SetDeviceHourPrice): Promise<string> =>
  runOnce(scope, 'setDeviceHourPrice', input, async (tx) => {
    const { amount, currency } = input
    if (!Number.isFinite(amount) || amount < 0 || amount > highest)
      throw new DomainError('PRICE_INVALID', `Give an amount from 0 to ${highest}.`, 'input.amount')
    if (!Intl.supportedValuesOf('currency').includes(currency))
      throw new DomainError('PRICE_INVALID', 'Give a currency of ISO 4217, such as EUR.', 'input.currency')
    const { tenantId } = scope
    await tx.tenant.update({ where: { id: tenantId }, data: { deviceHourPrice: amount, currency } })
    return { id: tenantId, evidence: [] }
  })
