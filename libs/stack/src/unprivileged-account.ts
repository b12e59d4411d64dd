import { spawnSync } from 'node:child_process'

/** PostgreSQL refuses to run as root; as root it runs under this account. */
export interface Account {
  uid: number
  gid: number
}

/** Undefined when this process is not root and needs no other account. */
export function findUnprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const uid = numericId('-u', name)
    const gid = numericId('-g', name)
    if (uid !== undefined && gid !== undefined && uid > 0) return { uid, gid }
  }
  throw new Error('running as root, and there is no account postgres or nobody to run PostgreSQL as; set DATABASE_URL')
}

/** `test` answers for another account: x to enter a directory or run a file, w to write. */
export const mayAccess = (account: Account | undefined, access: 'x' | 'w', file: string): boolean =>
  spawnSync('test', [`-${access}`, file], { ...account, cwd: '/' }).status === 0

function numericId(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' })
  return status === 0 ? Number(stdout) : undefined
}
