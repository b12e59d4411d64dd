import { assembleCast, emojiScenario, findDataset, registerDataset } from '@lethe/cli/demo'
import { encodePng, writeWebDataset } from '@lethe/datasets'
import { startTimed } from './bench-platform.mjs'
import { median } from './table.mjs'

const tasks = 15

/** From the mutation's answer to the worker's first sign: outbox, relay, stream, delivery. */
export async function measure(stateDir) {
  const { platform } = await startTimed(stateDir)
  try {
    const scenario = emojiScenario('wasm')
    const admin = platform.facts.bootstrapAdmin
    const { as } = await assembleCast({ gatewayUrl: platform.urls.gateway, stateDir, admin, scenario })
    const latenciesMs = []
    for (let index = 0; index < tasks; index++) latenciesMs.push(await latencyOf(as.engineer, `Latency ${index}`))
    const sorted = [...latenciesMs].sort((a, b) => a - b)
    return {
      figures: { latenciesMs },
      tables: [
        {
          title: `submit → started, ${tasks} small tasks one after the other`,
          columns: ['median ms', 'smallest ms', 'largest ms'],
          rows: [[median(sorted), sorted[0], sorted.at(-1)]],
        },
      ],
    }
  } finally {
    await platform.stop()
  }
}

/** Queued and started as the platform itself recorded them. */
async function latencyOf(client, name) {
  const tar = await writeWebDataset([
    { key: name.replace(' ', '-'), picture: await pictureOf(name), label: name, owner: 'bench', split: 'train' },
  ])
  const uploadDigest = await client.upload(tar)
  await registerDataset(client, {
    idempotencyKey: uploadDigest,
    name,
    description: '',
    attribution: '',
    uploadDigest,
    imageSize: 16,
  })
  for (;;) {
    const run = (await findDataset(client, name))?.ingestRun
    if (run?.startedAt) return Date.parse(run.startedAt) - Date.parse(run.queuedAt)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function pictureOf(name) {
  const shade = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 256
  return encodePng(new Uint8Array(16 * 16 * 3).fill(shade), 16)
}
