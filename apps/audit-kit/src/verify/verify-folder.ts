import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { compareReports, recomputeReport } from '@lethe/audit/judge'
import { isDomainError, type OwnerAuditResult, type Verdict } from '@lethe/domain'
import { encodeVerifier, verifyOwnerAudit, type LogVerifier } from '@lethe/ledger'
import { conductAudit } from '../audit/conduct-audit.js'
import { files, renderReports, sha256 } from '../audit/write-result.js'
import { refuse } from '../kit-error.js'
import { commitTo } from '../record/commitment.js'
import { answersIn, loadSession, readPlanText, setNames, type Session } from '../record/session.js'
import { readVerifier } from '../signing/owner-key.js'

export type CheckName = 'signature' | 'matrices' | 'data' | 'statistics' | 'plan' | 'pictures' | 'answers' | 'report'
export type CheckOutcome = 'holds' | 'broken' | 'missing'

export interface Check {
  readonly name: CheckName
  readonly outcome: CheckOutcome
  /** English; why it does not hold. */
  readonly why: string | null
}

export interface Verification {
  readonly checks: readonly Check[]
  readonly verdict: Verdict | null
  /** Whether the key was given by somebody, rather than found beside the result. */
  readonly keyWasGiven: boolean
  readonly key: string
}

/**
 * Checks a folder from the signature down to the statistics, which are computed anew from the scores, and the scores from the saved
 * answers. Nobody is asked anything. What cannot be checked because it is not there is told as missing and never as good.
 */
export async function verifyFolder(
  folder: string,
  key: string | undefined,
  signal: AbortSignal,
): Promise<Verification> {
  const owner = readVerifier(key ?? path.join(folder, files.key))
  const about = { keyWasGiven: key !== undefined, key: encodeVerifier(owner) }
  const text = required(folder, files.result).toString('utf8')
  const signature = attempt('signature', () => verifyOwnerAudit(json(folder, files.statement), text, owner))
  if (signature.value === null) return { checks: [signature.check], verdict: null, ...about }
  const { result } = signature.value
  const checks = [signature.check]
  const matrices = optional(folder, files.matrices)
  const data = optional(folder, files.data)
  checks.push(
    digestCheck('matrices', matrices, result.report.matrices.digest),
    digestCheck('data', data, result.report.data?.digest),
    statisticsCheck(data, result.report),
  )
  const session = attempt('plan', () => loadSession(folder))
  if (session.value === null) {
    const missing = (['plan', 'pictures', 'answers'] as const).map((name) => ({
      ...session.check,
      name,
      outcome: 'missing' as const,
    }))
    checks.push(...missing)
  } else checks.push(...(await checkSession(folder, session.value, result, signal)))
  if (matrices !== null) checks.push(reportCheck(folder, text, matrices, owner))
  return { checks, verdict: result.report.verdict, ...about }
}

/** The verdict and every statistic, from the scores alone: whoever has these needs neither pictures nor answers. */
function statisticsCheck(data: Uint8Array | null, stated: OwnerAuditResult['report']): Check {
  if (data === null) return absent('statistics', 'The scores are not there.')
  const again = attempt('statistics', () => recomputeReport(data))
  if (again.value === null) return again.check
  const [first] = compareReports(stated, again.value.report)
  return check('statistics', first === undefined, `The scores give another ${first} than the result.`)
}

/** Plan, pictures and answers, which stay with the owner. */
async function checkSession(
  folder: string,
  session: Session,
  result: OwnerAuditResult,
  signal: AbortSignal,
): Promise<Check[]> {
  const plan = compare(
    'plan',
    sha256(readPlanText(folder)),
    result.planDigest,
    'The plan was changed after it was signed.',
  )
  const pictures = compare(
    'pictures',
    commitments(session),
    JSON.stringify(setNames.map((name) => result.plan.pictures[name]?.commitment ?? null)),
    'The pictures are not those that the result is about.',
  )
  if (!existsSync(answersIn(folder))) return [plan, pictures, absent('answers', 'The answers are not there.')]
  const again = await attemptLater('answers', () =>
    conductAudit({ ...session, plan: result.plan }, { ...offline, folder, signal }),
  )
  if (again.value === null) return [plan, pictures, again.check]
  const { answers, report } = again.value
  const areSigned = answers.digest === result.answers.digest
  const differ = compareReports(result.report, report)
  const why = areSigned
    ? `The saved answers give another ${differ[0]} than the result.`
    : 'The saved answers are not those that the result is about.'
  return [plan, pictures, check('answers', areSigned && differ.length === 0, why)]
}

/** Nobody is asked. */
const offline = {
  token: undefined,
  timeoutMs: 1,
  firstPauseMs: 1,
  parallel: 1,
  onAnswered: () => undefined,
  onlySaved: true,
}

const commitments = ({ sets, secrets }: Session): string =>
  JSON.stringify(
    setNames.map((name) => {
      const files = secrets.sets[name]
      if (sets[name] === null || files === null) return null
      return commitTo(
        files.files.map(({ contentId }) => contentId),
        files.salt,
      )
    }),
  )

function reportCheck(folder: string, text: string, matrices: Uint8Array, key: LogVerifier): Check {
  const reports = [...renderReports(text, matrices, key)]
  const saved = reports.map(([name]) => optional(folder, name))
  if (saved.every((content) => content === null)) return absent('report', 'There is no report to compare.')
  const differs = reports.some(
    ([, content], index) => saved[index] !== null && saved[index]?.toString('utf8') !== content,
  )
  return check('report', !differs, 'The report shows something else than the result says.')
}

const check = (name: CheckName, holds: boolean, why: string): Check => ({
  name,
  outcome: holds ? 'holds' : 'broken',
  why: holds ? null : why,
})

const absent = (name: CheckName, why: string): Check => ({ name, outcome: 'missing', why })

const compare = (name: CheckName, found: string, wanted: string, why: string): Check =>
  check(name, found === wanted, why)

const digestCheck = (name: CheckName, content: Uint8Array | null, digest: string | undefined): Check =>
  content === null
    ? absent(name, 'The file is not there.')
    : check(name, sha256(content) === digest, 'The file was changed after it was signed.')

interface Attempt<Value> {
  readonly value: Value | null
  readonly check: Check
}

function attempt<Value>(name: CheckName, work: () => Value): Attempt<Value> {
  try {
    return { value: work(), check: check(name, true, '') }
  } catch (error) {
    return failed(name, error)
  }
}

async function attemptLater<Value>(name: CheckName, work: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await work(), check: check(name, true, '') }
  } catch (error) {
    return failed(name, error)
  }
}

/** An expected refusal is a finding; anything else is a defect of ours. */
function failed(name: CheckName, error: unknown): Attempt<never> {
  if (!isDomainError(error)) throw error
  const outcome = error.code === 'FOLDER_INCOMPLETE' ? 'missing' : 'broken'
  return { value: null, check: { name, outcome, why: error.message } }
}

function optional(folder: string, name: string): Buffer | null {
  try {
    return readFileSync(path.join(folder, name))
  } catch {
    return null
  }
}

const required = (folder: string, name: string): Buffer =>
  optional(folder, name) ?? refuse('FOLDER_INCOMPLETE', `${path.join(folder, name)} is missing.`)

function json(folder: string, name: string): unknown {
  try {
    return JSON.parse(required(folder, name).toString('utf8'))
  } catch (error) {
    if (isDomainError(error)) throw error
    return null
  }
}
