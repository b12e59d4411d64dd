import { createHash, randomBytes } from 'node:crypto'

/** What is mailed or handed to a browser: 256 random bits. Only its hash is kept. */
export const newSecretToken = (): string => randomBytes(32).toString('base64url')

/** SHA-256 (RFC 6234), lower-case hex. */
export const hashOfToken = (token: string): string => createHash('sha256').update(token).digest('hex')
