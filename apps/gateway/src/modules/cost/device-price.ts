import type { Tx } from '@lethe/db'
import { shape } from '../../graphql/node.js'
import { Money } from '../erasure/plan-option.types.js'

/** What an hour of device time costs a tenant. */
export interface DevicePrice {
  readonly perHour: number
  /** ISO 4217. */
  readonly currency: string
}

/** Null where the tenant has set none. */
export async function readDevicePrice(tx: Pick<Tx, 'tenant'>, tenantId: string): Promise<DevicePrice | null> {
  const { deviceHourPrice, currency } = await tx.tenant.findUniqueOrThrow({
    where: { id: tenantId },
    select: { deviceHourPrice: true, currency: true },
  })
  return deviceHourPrice === null || currency === null ? null : { perHour: Number(deviceHourPrice), currency }
}

export const costOf = (seconds: number, price: DevicePrice | null): Money | null =>
  price && shape(Money, { amount: (seconds / 3600) * price.perHour, currency: price.currency })
