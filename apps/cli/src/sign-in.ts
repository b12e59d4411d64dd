import { DomainError, type Role } from '@lethe/domain'
import { readPlatformRecord } from '@lethe/stack'
import type { Command } from 'commander'
import { emojiScenario, GatewayClient, listSignIns } from './demo/index.js'
import { readSignInEnv } from './env.js'
import { stateDirOf } from './state-dir.js'

export interface SignInOptions {
  readonly gateway?: string
  readonly email?: string
}

/** `whom`: who signs in where nobody is named, in words. */
export const withSignIn = (command: Command, whom: string): Command =>
  command
    .option('--gateway <url>', 'of the platform; default the one that runs from LETHE_HOME')
    .option(
      '--email <address>',
      `who signs in, with the password in LETHE_PASSWORD; default the demonstration’s ${whom}`,
    )

/** Of a platform here everything is known; of one elsewhere, who signs in must be said. */
export async function signIn({ gateway, email }: SignInOptions, role: Role): Promise<GatewayClient> {
  const stateDir = stateDirOf()
  const record = gateway === undefined ? readPlatformRecord(stateDir) : undefined
  const url = gateway ?? record?.urls.gateway
  if (url === undefined)
    throw new DomainError('NO_PLATFORM', `No platform was started from ${stateDir}; give --gateway.`, '--gateway')
  if (email !== undefined) return GatewayClient.signIn(url, { email, password: passwordOf(email) })
  if (record === undefined) throw new DomainError('SIGN_IN_MISSING', 'Say who signs in.', '--email')
  const people = await listSignIns(stateDir, emojiScenario(record.backendName))
  const person = people.find((candidate) => candidate.role === role)
  if (person === undefined) throw new DomainError('SIGN_IN_MISSING', 'Say who signs in.', '--email')
  return GatewayClient.signIn(url, person)
}

function passwordOf(email: string): string {
  const { password } = readSignInEnv()
  if (password !== undefined) return password
  throw new DomainError('SIGN_IN_MISSING', `Give the password of ${email} in this variable.`, 'LETHE_PASSWORD')
}
