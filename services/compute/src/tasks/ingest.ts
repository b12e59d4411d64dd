import { randomBytes } from 'node:crypto'
import { TWIN_SEED_BYTES } from '@lethe/domain'
import type { TaskKind } from './task-kit.js'

export const ingest: TaskKind<'ingest'> = {
  async prepare({ tenantId, upload, imageSize, twins }, { artifacts }) {
    return {
      kind: 'ingest',
      upload: await artifacts.get(tenantId, upload.digest),
      imageSize,
      ...(twins === undefined ? {} : { twins: { pairing: twins, seed: randomBytes(TWIN_SEED_BYTES) } }),
    }
  },
  async store({ pack, samples, quarantined, twinSeed, ...counts }, keep) {
    // Kept under its digest, which is the commitment: an audit can have it revealed, and nobody can change it.
    if (twinSeed !== null) await keep(twinSeed)
    return { ...counts, quarantined: [...quarantined], pack: await keep(pack), samples: await keep(samples) }
  },
}
