import type { AuditCommand, Settings } from '../command/parse-command.js'
import type { CallOptions } from '../endpoint/call-endpoint.js'
import { endpointOf, readEndpoint } from '../endpoint/read-endpoint.js'
import { refuse } from '../kit-error.js'
import { loadSession, type Session } from '../record/session.js'
import { assertAlike, remembered } from './prepare-session.js'

/**
 * The audit that a folder holds, with everything as it was fixed. What the command says again must be the same; the model after may
 * be named now, if it was not known when the model before was asked.
 * @throws DomainError FOLDER_TAKEN, FOLDER_INCOMPLETE, ENDPOINT_*, ENDPOINTS_DIFFER.
 */
export async function resumeSession(command: AuditCommand, call: CallOptions): Promise<Session> {
  const session = loadSession(command.out)
  const { before, after } = session.secrets.endpoints
  const first = endpointOf(before.url, before.said)
  assertSame('--before', command.before, first.url, command.out)
  const settings: Settings = { ...session.secrets.settings, seed: String(session.plan.policy.seed) }
  const differing = Object.entries(command.said).find(([option, value]) => settings[option] !== value)
  if (differing !== undefined) taken(`--${differing[0]}`, command.out)
  if (after !== null) {
    assertSame('--after', command.after, endpointOf(after.url, after.said).url, command.out)
    return session
  }
  if (command.after === undefined) return session
  const second = await readEndpoint(command.after, call)
  assertAlike(first, second)
  const { secrets } = session
  // The plan stays as it was fixed: without a model after. The result names it.
  return { ...session, secrets: { ...secrets, endpoints: { ...secrets.endpoints, after: remembered(second) } } }
}

function assertSame(option: string, given: string | undefined, kept: string, folder: string): void {
  if (given !== undefined && given.replace(/\/+$/, '') !== kept) taken(option, folder)
}

function taken(option: string, folder: string): never {
  return refuse(
    'FOLDER_TAKEN',
    `${folder} holds an audit with another ${option}; choose another --out, or go on with that one: --resume.`,
    '--out',
  )
}
