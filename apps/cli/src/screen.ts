import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Platform } from '@lethe/stack'
import type { SignIn } from './demonstration.js'

/** Lines with the seconds since the start, so that one sees what takes long. */
export function progressPrinter(write: (text: string) => void): (line: string) => void {
  const startedAt = performance.now()
  return (line) => write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${line}\n`)
}

/**
 * The first platform admin of a platform without a demonstration. The password is shown on a terminal; of anything else,
 * which may be kept as a log, it is only said where it lies.
 */
export const firstAdmin = ({ facts, stateDir }: Platform, isTerminal: boolean): SignIn => {
  const { email, password } = facts.bootstrapAdmin
  const place = `(password: adminPassword in ${path.join(stateDir, 'secrets', 'secrets.json')})`
  return { role: 'platform_admin', email, password: isTerminal ? password : place }
}

/** The one screen that stays: where everything is, who may sign in, how to stop. */
export function finalScreen(platform: Platform, signIns: readonly SignIn[]): string {
  const { urls, facts, stateDir, services } = platform
  const running = new Set(services.map((service) => service.name))
  const places = [
    running.has('portal') && ['Portal', urls.portal],
    running.has('gateway') && ['GraphQL', `${urls.gateway}/graphql`],
    running.has('embedding') && ['Embeddings', `${urls.embedding}/v1`],
    ['Backend', facts.tensorflow.summary],
    ['State', stateDir],
    running.has('gateway') && ['Mail', mailPlace(facts.mail.url)],
    ['Logs', path.join(stateDir, 'logs')],
  ].filter((place) => place !== false)
  const people = signIns.map(({ role, email, password }) => [role, `${email}  ${password}`] as const)
  const signInLines = people.length === 0 ? [] : ['', '  Sign in as', ...table(people, '    ')]
  return (
    ['', 'Lethe is up.', '', ...table(places, '  '), ...signInLines, '', '  Ctrl-C stops everything.', ''].join('\n') +
    '\n'
  )
}

/** A folder as such; of a mail server not its password. */
function mailPlace(url: string): string {
  const { protocol, host } = new URL(url)
  return protocol === 'file:' ? fileURLToPath(url) : `${protocol}//${host}`
}

function table(rows: readonly (readonly string[])[], indent: string): string[] {
  const width = Math.max(...rows.map(([name = '']) => name.length))
  return rows.map(([name = '', value = '']) => `${indent}${name.padEnd(width)}  ${value}`)
}
