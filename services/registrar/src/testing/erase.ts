import { RedactTask, type RunResult } from '@lethe/bus'
import type { Run } from '@lethe/db'
import { advanceErasing } from '../erasing/eraser.js'
import { recordResult } from '../results/record-result.js'
import { succeeded } from './results.js'
import type { Rig } from './rig.js'
import { pictureOf } from './world.js'

/** What a worker would answer to a redaction: the pack without the forgotten pictures, stored. */
export async function redacted(rig: Rig, run: Run): Promise<RunResult> {
  const { pack, forget } = RedactTask.parse(run.task)
  const textOf = async (digest: typeof pack.digest) =>
    Buffer.from(await rig.artifacts.get(run.tenantId, digest)).toString()
  const gone = new Set((await textOf(forget.digest)).trim().split('\n').map(pictureOf))
  const [head, ...pictures] = (await textOf(pack.digest)).split('\n')
  const kept = pictures.filter((picture) => !gone.has(picture))
  const blob = kept.length === 0 ? null : await rig.artifacts.put(run.tenantId, Buffer.from([head, ...kept].join('\n')))
  return succeeded(run, {
    kind: 'redact',
    pack: blob,
    removed: pictures.length - kept.length,
    remaining: kept.length,
  })
}

/** Takes an erasing request on, packs cut as a worker would, until it is no longer erasing or waits for something else. */
export async function erase(rig: Rig, erasing: { tenantId: string; requestId: string }): Promise<void> {
  const client = rig.gateway.forTenant(erasing.tenantId)
  for (;;) {
    await advanceErasing(rig.context, erasing)
    const cuts = await client.run.findMany({ where: { kind: 'redact', state: 'QUEUED' } })
    if (cuts.length === 0) return
    for (const run of cuts) await recordResult(rig.context, await redacted(rig, run))
  }
}
