import { readFileSync } from 'node:fs'
import { openDevice, type BackendChoice } from '@lethe/device'
import { DomainError } from '@lethe/domain'
import type { GoldenCheck } from '@lethe/learning'
import { InvalidArgumentError, type Command } from 'commander'
import { backendOption, withExamples } from '../files/command-options.js'
import { prepareBackend } from '../files/open-engine.js'

interface GoldenOptions {
  readonly backend?: BackendChoice
  readonly tolerance: number
  readonly json?: boolean
}

export function registerDoctorGolden(doctor: Command): void {
  const command = doctor
    .command('golden')
    .description('compute losses, gradients and matrices here and compare them with a file of expected values')
    .argument('<file>', 'JSON: inputs, by formula or by number, and expected values by entry')
    .addOption(backendOption())
    .option('--tolerance <error>', 'largest relative error that is still right', positive, 1e-5)
    .option('--json', 'print JSON')
    .action(async (file: string, _: GoldenOptions, own: Command) => {
      // `doctor` has an option --json too, and takes what stands after its name.
      const { text, ok } = await checkFile(file, own.optsWithGlobals<GoldenOptions>())
      process.stdout.write(text)
      if (!ok) process.exitCode = 1
    })
  withExamples(command, ['lethe doctor golden losses.json', 'lethe doctor golden losses.json --backend wasm'])
}

async function checkFile(
  file: string,
  { backend, tolerance, json }: GoldenOptions,
): Promise<{ text: string; ok: boolean }> {
  const expected = readJson(file)
  const device = await openDevice(await prepareBackend(backend, () => {}))
  // tfjs takes half a second to load, which no other command should wait for.
  const { checkGolden } = await import('@lethe/learning')
  const check = checkGolden(expected, tolerance)
  const text = json
    ? `${JSON.stringify({ device, tolerance, ...check }, null, 2)}\n`
    : describeCheck(check, { tolerance, where: `${device.backend}: ${device.backendVersion}` })
  return { text, ok: check.ok }
}

export function describeCheck(
  { entries, ok }: GoldenCheck,
  { tolerance, where }: { readonly tolerance: number; readonly where: string },
): string {
  const width = Math.max(0, ...entries.map(({ name }) => name.length))
  const lines = entries.map(({ name, worstRelativeError, ok: isRight }) => {
    const error = Number.isFinite(worstRelativeError) ? worstRelativeError.toExponential(1) : 'unknown'
    return `  ${isRight ? 'ok   ' : 'WRONG'}  ${name.padEnd(width)}  ${error}`
  })
  const wrong = entries.filter((entry) => !entry.ok).length
  const verdict = ok
    ? `All ${entries.length} entries agree to ${tolerance} on ${where}.`
    : entries.length === 0
      ? 'The file holds no entry.'
      : `${wrong} of ${entries.length} entries do not agree to ${tolerance} on ${where}.`
  return [...lines, verdict, ''].join('\n')
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new DomainError('GOLDEN_INVALID', `${file} cannot be read as JSON: ${why}`, 'file')
  }
}

function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new InvalidArgumentError('Give a number above 0.')
  return value
}
