import type { TaskKind } from './task-kit.js'

export const ingest: TaskKind<'ingest'> = {
  async prepare({ tenantId, upload, imageSize }, { artifacts }) {
    return { kind: 'ingest', upload: await artifacts.get(tenantId, upload.digest), imageSize }
  },
  async store({ pack, samples, quarantined, ...counts }, keep) {
    return { ...counts, quarantined: [...quarantined], pack: await keep(pack), samples: await keep(samples) }
  },
}
