import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { AuditTest } from '@lethe/domain'
import type { Device } from '@lethe/device'
import { controlsTable } from './controls-table.js'
import type { ControlRow } from './run-controls.js'

export interface Results {
  readonly device: Device
  readonly deals: number
  readonly retrains: number
  readonly epochs: number
  readonly seconds: number
  readonly simclr: readonly ControlRow[]
  readonly clip: readonly ControlRow[]
  readonly uLira: readonly { readonly name: string; readonly shadows: number; readonly test: AuditTest }[]
}

/** `audit.md` for people, `audit.json` with every test of every audit. */
export function writeResults(folder: string, results: Results): string {
  mkdirSync(folder, { recursive: true })
  const text = describe(results)
  writeFileSync(path.join(folder, 'audit.md'), text)
  writeFileSync(path.join(folder, 'audit.json'), `${JSON.stringify(results, null, 1)}\n`)
  return text
}

const describe = ({ device, deals, retrains, epochs, seconds, simclr, clip, uLira }: Results): string =>
  [
    '# The auditor audited',
    `Made by \`npm run experiment:audit\` on ${device.backendVersion} (${device.device}) in ${Math.round(seconds / 60)} minutes: ${counted(deals, 'deal')} of emoji at 16 × 16, 256 retained, 128 to be forgotten, their 128 twins, 800 held out; ${epochs} epochs of SimCLR on a net of three stages; ${counted(retrains, 'retrained model')} per deal.${deals > 1 ? ' Slashes part the deals.' : ''} What AC takes was tuned on deals that are not shown.`,
    '## SimCLR: control × verdict',
    controlsTable(simclr),
    ...(clip.length === 0 ? [] : ['## CLIP: control × verdict', controlsTable(clip)]),
    ...(uLira.length === 0
      ? []
      : [
          '## U-LiRA (A6), deal 0, forgotten against twins',
          [
            '| way to forget | shadows | AUC | interval | outcome |',
            '| --- | --- | --- | --- | --- |',
            ...uLira.map(uLiraLine),
          ].join('\n'),
        ]),
  ].join('\n\n') + '\n'

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

const uLiraLine = ({ name, shadows, test }: Results['uLira'][number]): string =>
  `| ${name} | ${shadows} | ${test.effect.value.toFixed(3)} | ${test.effect.interval?.map((limit) => limit.toFixed(3)).join(' to ') ?? '–'} | ${test.outcome} |`
