import path from 'node:path'
import { checkoutDir, readStackEnv } from '@lethe/stack'

/** LETHE_HOME, else `.lethe` in the checkout. */
export const stateDirOf = (env = readStackEnv()): string => env.stateDir ?? path.join(checkoutDir, '.lethe')
