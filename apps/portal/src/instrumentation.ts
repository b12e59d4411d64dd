import { isNode } from '@/session/env'

/** Next.js awaits this before it takes requests. */
export async function register(): Promise<void> {
  if (!isNode) return
  const { appendPeer } = await import('@/session/append-peer')
  appendPeer()
}
