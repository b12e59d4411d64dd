import type { Prisma } from '@lethe/db'
import type { RunKind, RunState } from '@lethe/domain'
import type { Scope } from '../../context.js'
import type { Connection } from '../../graphql/connection.js'
import { connectionOf, isUuid, type Page } from '../../graphql/page.js'
import { within } from '../auditor-access/case-reach.js'
import { shapeRun } from './run.shape.js'
import type { Run } from './run.types.js'

export async function listRuns(
  { db, reach }: Scope,
  page: Page,
  { kind, state }: { kind?: RunKind | null; state?: RunState | null },
): Promise<Connection<Run>> {
  const where: Prisma.RunWhereInput = {
    ...(kind == null ? {} : { kind }),
    ...(state == null ? {} : { state }),
    AND: [within(await reach(), 'runIds')],
  }
  return connectionOf(page, {
    rows: (take, key) =>
      db.run.findMany({
        where: key === null ? where : { ...where, id: { lt: key } },
        orderBy: { id: 'desc' },
        take,
      }),
    count: () => db.run.count({ where }),
    keyOf: (row) => row.id,
    isKey: isUuid,
    node: shapeRun,
  })
}
