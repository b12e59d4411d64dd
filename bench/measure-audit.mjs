import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const worker = fileURLToPath(new URL('audit-worker.mjs', import.meta.url))
const sizes = [
  { forget: 500, heldOut: 500, retain: 500 },
  { forget: 1000, heldOut: 1000, retain: 1000 },
]
const policy = { views: 10, resamples: 10_000, side: 32 }

/** Statistics, drawing of views and bookkeeping of one audit, without what the models take to answer. */
export async function measure() {
  const runs = []
  for (const size of sizes) runs.push({ ...size, ...(await audit({ ...size, ...policy })) })
  return {
    figures: { runs, ...policy, targets: { beyondSeconds: 30, peakBytes: 1e9 } },
    tables: [
      {
        title: `Audit, ${policy.views} views, ${policy.resamples} resamples, 128 and 512 numbers a picture`,
        columns: ['forget + held-out', 'pictures asked', 'CPU s', 'beyond answers', 'peak MiB'],
        rows: runs.map((run) => [
          `${run.forget} + ${run.heldOut}`,
          run.pictures,
          run.cpuSeconds,
          run.beyondSeconds,
          run.peakBytes / 2 ** 20,
        ]),
      },
    ],
  }
}

function audit(settings) {
  return new Promise((resolve, reject) => {
    const child = fork(worker, [JSON.stringify(settings)])
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`the audit ended with code ${code}`)))
  })
}
