import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.js'

/** /livez while the event loop turns; /readyz while database and bus answer. No detail is told. */
export function mountHealth(app: FastifyInstance, { db, bus }: Services): void {
  const isReady = async (): Promise<boolean> => {
    try {
      await Promise.all([db.pool.query('SELECT 1'), bus.nc.rtt()])
      return true
    } catch {
      return false
    }
  }
  app.get('/livez', (_request, reply) => reply.code(200).send())
  app.get('/readyz', async (_request, reply) => reply.code((await isReady()) ? 200 : 503).send())
}
