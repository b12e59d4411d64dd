import { z } from 'zod'

/** Languages that people get mail in. */
export const MailLocale = z.enum(['en', 'ja'])
export type MailLocale = z.infer<typeof MailLocale>
