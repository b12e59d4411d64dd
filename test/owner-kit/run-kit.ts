import path from 'node:path'
import { main } from '@lethe/audit-kit'

export interface KitRun {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The kit as `lethe-audit` runs it, in this process; the owner's key lies in `home`. */
export async function runKit(home: string, ...argv: readonly string[]): Promise<KitRun> {
  const said = { out: '', err: '' }
  const code = await main(argv, {
    screen: { out: (text) => (said.out += text), err: (text) => (said.err += text), isTerminal: false },
    signal: new AbortController().signal,
    now: () => performance.now(),
    clock: () => new Date(),
    configDir: path.join(home, 'config'),
    token: undefined,
    firstPauseMs: 1,
  })
  return { code, ...said }
}
