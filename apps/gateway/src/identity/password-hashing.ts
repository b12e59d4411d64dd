import { hashPassword, verifyPassword } from 'better-auth/crypto'

/** How passwords are kept, and how one is compared with what was kept. */
export interface PasswordHashing {
  readonly hash: (password: string) => Promise<string>
  readonly verify: (given: { hash: string; password: string }) => Promise<boolean>
}

/** scrypt with N = 16384, r = 16 and p = 1: each guess costs about 0.1 s and 32 MiB. */
export const slowHashing: PasswordHashing = { hash: hashPassword, verify: verifyPassword }
