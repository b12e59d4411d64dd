import { paths } from '../archive/bundle-paths.js'
import { finding, type Finding } from '../report/finding.js'
import type { CheckOfCase } from './case.js'

/** How far two honest clocks may be apart. */
const SKEW_MS = 10 * 60_000

/** True for an instant, in milliseconds, that the reader's present has not reached. */
export const isLater = (instant: number, at: Date): boolean => instant > at.getTime() + SKEW_MS

/** Nothing was recorded in the future, and nothing after the bundle was made. */
export const checkTimes: CheckOfCase = ({ bundle: { manifest, statements }, at }) => {
  const findings: Finding[] = []
  const made = Date.parse(manifest.createdAt)
  if (isLater(made, at)) findings.push(finding('TIME_IN_FUTURE', paths.manifest, manifest.createdAt))
  for (const { path, recorded } of statements) {
    if (isLater(Date.parse(recorded.at), at)) findings.push(finding('TIME_IN_FUTURE', path, recorded.at))
    else if (isLater(Date.parse(recorded.at), new Date(made)))
      findings.push(finding('TIME_DISORDERED', path, recorded.at))
  }
  return { findings, facts: { made: manifest.createdAt } }
}
