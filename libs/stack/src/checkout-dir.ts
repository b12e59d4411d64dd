import { fileURLToPath } from 'node:url'

/** The checkout this library is part of. */
export const checkoutDir = fileURLToPath(new URL('../../..', import.meta.url))
