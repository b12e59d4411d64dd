// npm run experiment:audit -- [--deals N] [--retrains N] [--epochs N] [--recovery] [--clip] [--u-lira] [--shadows N]
//   [--controls TEXT] [--fixtures DEAL] [--out DIR]
// Prints control × verdict on small encoders that really learned, and writes Markdown and JSON. Trained encoders are kept in
// .lethe/experiments and found again. --fixtures writes the encoders of the tests in test/audit-controls.
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openBackend } from '../open-backend.js'
import { clipControls, openClipLaboratory } from './clip.js'
import { controls, type Control, type Laboratory } from './controls.js'
import { furtherRetrained, openLaboratory, runControls, type ControlRow } from './run-controls.js'
import { trainerWith } from './train-once.js'
import { byCalibration, byDoingNothing, measureULira } from './u-lira.js'
import { writeFixtures } from './write-fixtures.js'
import { writeResults, type Results } from './write-results.js'

const number = (fallback: number) => ({ type: 'string', default: String(fallback) }) as const
const { values } = parseArgs({
  options: {
    deals: number(1),
    retrains: number(2),
    epochs: number(400),
    shadows: number(8),
    controls: { type: 'string', default: '' },
    recovery: { type: 'boolean', default: false },
    'u-lira': { type: 'boolean', default: false },
    clip: { type: 'boolean', default: false },
    fixtures: { type: 'string' },
    out: { type: 'string', default: 'experiments/audit/results' },
  },
})
const startedAt = performance.now()
const seconds = () => (performance.now() - startedAt) / 1000
const say = (text: string) => console.log(`${seconds().toFixed(0).padStart(5)} s  ${text}`)

const device = await openBackend()
say(device.backendVersion)
const train = trainerWith(path.resolve('.lethe/experiments'), device.backendVersion)
const [deals, retrains, epochs, shadows] = [values.deals, values.retrains, values.epochs, values.shadows].map(
  Number,
) as [number, number, number, number]

if (values.fixtures !== undefined) {
  const lab = await openLaboratory(Number(values.fixtures), { retrains: 1, epochs }, train)
  say(writeFixtures('test/audit-controls/fixtures', lab))
  process.exit(0)
}

async function runDeal(deal: number, lab: Laboratory, all: readonly Control[]): Promise<ControlRow[]> {
  const rows: ControlRow[] = []
  const wanted = all.filter(({ name }) => name.includes(values.controls))
  for await (const row of runControls(deal, lab, { all: wanted, withRecovery: values.recovery })) {
    rows.push(row)
    const isWrong = row.isRight === false ? 'NOT RIGHT ' : ''
    say(`${isWrong}${row.control}: ${row.verdict} (AUC ${row.aucAfter.toFixed(3)}) ${row.reasons.join(', ')}`)
  }
  return rows
}

async function runULira(): Promise<Results['uLira']> {
  const lab = await openLaboratory(0, { retrains: 1, epochs }, train)
  const rows: { name: string; shadows: number; test: Results['uLira'][number]['test'] }[] = []
  for (const [name, forget] of [
    ['nothing is unlearned', byDoingNothing],
    ['Alignment Calibration', byCalibration],
  ] as const) {
    const test = await measureULira(lab, { shadows, forget, train, say })
    say(`${name}: ${test.detail}`)
    rows.push({ name, shadows, test })
  }
  return rows
}

const [simclr, clip]: [ControlRow[], ControlRow[]] = [[], []]
const write = (uLira: Results['uLira']) =>
  writeResults(path.resolve(values.out), { device, deals, retrains, epochs, seconds: seconds(), simclr, clip, uLira })
for (let deal = 0; deal < deals; deal++) {
  const lab = await openLaboratory(deal, { retrains, epochs }, train)
  say(`deal ${deal}: trained`)
  simclr.push(...(await runDeal(deal, lab, [...controls, ...furtherRetrained(lab)])))
  if (values.clip) {
    const clipLab = await openClipLaboratory(deal, retrains, train)
    say(`deal ${deal}: CLIP trained`)
    clip.push(...(await runDeal(deal, clipLab, clipControls)))
  }
  // What is there is kept, should a later deal fail.
  write([])
}
const uLira = values['u-lira'] ? await runULira() : []
console.log(`\n${write(uLira)}`)
process.exit(0)
