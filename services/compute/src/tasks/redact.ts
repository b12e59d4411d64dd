import { readForgetSets } from './read-blobs.js'
import type { TaskKind } from './task-kit.js'

export const redact: TaskKind<'redact'> = {
  async prepare({ tenantId, pack, forget }, { artifacts }) {
    return {
      kind: 'redact',
      pack: await artifacts.get(tenantId, pack.digest),
      forget: await readForgetSets(artifacts, tenantId, [forget], 'forget'),
    }
  },
  async store({ pack, ...counts }, keep) {
    return { ...counts, pack: pack === null ? null : await keep(pack) }
  },
}
