import type { Tx } from './database.js'

/**
 * Runs an effect at most once per message: the mark and the effect commit together, so a message that is delivered
 * again, also to another process at the same time, has no second effect.
 *
 * @returns whether this delivery was the first, with the effect's answer
 */
export async function once<Answer>(
  tx: Tx,
  message: { tenantId: string; messageId: string },
  effect: () => Promise<Answer>,
): Promise<{ first: true; answer: Answer } | { first: false }> {
  // A second delivery waits here for the first one's transaction and then inserts nothing.
  const inserted = await tx.$executeRaw`
    INSERT INTO inbox (tenant_id, message_id) VALUES (${message.tenantId}::uuid, ${message.messageId})
    ON CONFLICT DO NOTHING`
  return inserted === 0 ? { first: false } : { first: true, answer: await effect() }
}
