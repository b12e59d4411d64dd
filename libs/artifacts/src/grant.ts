import { DomainError } from '@lethe/domain'
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Whom a grant speaks for: a run, or a model version that is deployed; always inside one tenant. */
export interface GrantHolder {
  readonly kind: 'run' | 'deployment'
  readonly tenantId: string
  /** Of the run, or of the model version. */
  readonly id: string
}

/**
 * Seals and opens grants: `kind.tenant.id.mac`, the last being HMAC-SHA-256 in base64url. A grant says who asks and nothing
 * else. What that one may reach now, and whether it may still reach anything, is asked where blobs are served.
 */
export interface GrantSealer {
  /** The same holder has the same grant, however often it is sealed. */
  seal(holder: GrantHolder): string
  /** Under each secret; the one that seals comes first. */
  sealings(holder: GrantHolder): readonly [string, ...string[]]
  /** @throws DomainError BLOB_GRANT_INVALID */
  open(grant: string): GrantHolder
}

const shape = /^(run|deployment)\.([0-9a-f-]{36})\.([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})$/

/** `secrets`: the first seals, and what any of them sealed is opened, so that they can be changed while tasks wait. */
export function grantSealer(secrets: readonly [string, ...string[]]): GrantSealer {
  const macOf = ({ kind, tenantId, id }: GrantHolder, secret: string): Buffer =>
    createHmac('sha256', secret).update(`lethe-blob-grant/1\n${kind}\n${tenantId}\n${id}`).digest()
  const sealed = (holder: GrantHolder, secret: string): string =>
    [holder.kind, holder.tenantId, holder.id, macOf(holder, secret).toString('base64url')].join('.')
  const [newest, ...older] = secrets
  return {
    seal: (holder) => sealed(holder, newest),
    sealings: (holder) => [sealed(holder, newest), ...older.map((secret) => sealed(holder, secret))],
    open(grant) {
      const [, kind, tenantId = '', id = '', seal = ''] = shape.exec(grant) ?? []
      if (kind !== 'run' && kind !== 'deployment') throw invalid()
      const [holder, mac] = [{ kind, tenantId, id } as const, Buffer.from(seal, 'base64url')]
      if (!secrets.some((secret) => timingSafeEqual(macOf(holder, secret), mac))) throw invalid()
      return holder
    },
  }
}

const invalid = (): DomainError =>
  new DomainError(
    'BLOB_GRANT_INVALID',
    'Blobs are given out for the grant that came with a task or a deployment; send it unchanged.',
    'grant',
  )
