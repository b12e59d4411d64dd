import { StatuteId } from '@lethe/domain'
import { z } from 'zod'

const isTimeZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const TenantSettings = z.object({
  name: z.string().trim().min(1).max(100),
  slug: z.string().regex(/^[a-z0-9](-?[a-z0-9]){1,39}$/, 'use 2 to 40 lower-case letters, digits and single hyphens'),
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin').default('Europe/Berlin'),
  holidays: z.array(z.iso.date()).max(1000).default([]),
  statuteId: StatuteId.default('gdpr-12-3'),
})
