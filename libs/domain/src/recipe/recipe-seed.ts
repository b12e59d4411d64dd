import { z } from 'zod'

/** Decides every draw of a run. */
export const RecipeSeed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
