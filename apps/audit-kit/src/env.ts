import { homedir } from 'node:os'
import path from 'node:path'

export interface KitEnv {
  /** Bearer token of the endpoints: an alternative to --token, which others on the machine can see. */
  readonly token: string | undefined
  /** Where the key of the owner lies. */
  readonly configDir: string
}

/** What the kit is told by its surroundings. */
export function readKitEnv(env: Readonly<Record<string, string | undefined>> = process.env): KitEnv {
  const home =
    env['LETHE_AUDIT_HOME'] ?? path.join(env['XDG_CONFIG_HOME'] ?? path.join(homedir(), '.config'), 'lethe-audit')
  return { token: env['LETHE_AUDIT_TOKEN'] || undefined, configDir: home }
}
