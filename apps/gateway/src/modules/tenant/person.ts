import { z } from 'zod'

export const Person = z.object({
  email: z.email().max(254),
  name: z.string().trim().min(1).max(100),
  password: z.string().min(12, 'must have at least 12 characters').max(128),
})
