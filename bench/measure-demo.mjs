import { PassThrough } from 'node:stream'
import { runDemo } from '@lethe/cli/demo'
import { processesOf, startTimed } from './bench-platform.mjs'
import { readFamilyUsage, usageTable } from './process-usage.mjs'

/** The demonstration of `npm start`, end to end, by stage. */
export async function measure(stateDir) {
  const { platform, seconds: readySeconds } = await startTimed(stateDir)
  try {
    const out = new PassThrough()
    out.on('data', (chunk) => process.stdout.write(chunk))
    const startedAt = performance.now()
    const { summary } = await runDemo({
      gatewayUrl: platform.urls.gateway,
      embeddingUrl: platform.urls.embedding,
      stateDir,
      backend: platform.facts.tensorflow.backend,
      admin: platform.facts.bootstrapAdmin,
      logPublicKey: platform.facts.logPublicKey,
      out,
    })
    const demoSeconds = (performance.now() - startedAt) / 1000
    const usage = readFamilyUsage(processesOf(platform))
    const { stages, rows, training, verdict } = summary
    const staged = stages.reduce((sum, stage) => sum + stage.seconds, 0)
    const pretrainSeconds = stages.find(({ stage }) => stage === 'pretrain')?.seconds
    return {
      figures: { readySeconds, demoSeconds, stages, rows, training, verdict, usage },
      tables: [
        {
          title: `end to end ${demoSeconds.toFixed(1)} s, ready after ${readySeconds.toFixed(1)} s, verdict ${verdict}`,
          columns: ['stage', 'seconds', 'of pretraining'],
          rows: [
            ...stages.map(({ stage, seconds }) => [stage, seconds, pretrainSeconds ? seconds / pretrainSeconds : null]),
            ['between runs', demoSeconds - staged, null],
          ],
        },
        { columns: ['images/s', 'epochs'], rows: [[training.imagesPerSecond, training.epochs]] },
        usageTable(usage),
      ],
    }
  } finally {
    await platform.stop()
  }
}
