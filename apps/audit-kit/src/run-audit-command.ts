import path from 'node:path'
import { isDomainError, type Verdict } from '@lethe/domain'
import { verdictWords } from '@lethe/report'
import { conductAudit } from './audit/conduct-audit.js'
import { forecast, type Forecast } from './audit/forecast.js'
import { prepareSession } from './audit/prepare-session.js'
import { resumeSession } from './audit/resume-session.js'
import { writeResult } from './audit/write-result.js'
import type { AuditCommand } from './command/parse-command.js'
import type { CallOptions } from './endpoint/call-endpoint.js'
import { refuse } from './kit-error.js'
import type { KitSurroundings } from './main.js'
import { countAnswers, holdsSession, saveSession, type Session } from './record/session.js'
import { progressLine } from './screen/progress-line.js'
import { screenWords } from './screen/words.js'
import { openOwnerKey } from './signing/owner-key.js'

export const exitCodes: Readonly<Record<Verdict, number>> = { PASS: 0, INCONCLUSIVE: 2, RESIDUAL: 5, OVER_FORGOTTEN: 5 }
export const INCOMPLETE = 6

/** @returns the exit code. @throws DomainError for what has to be mended before anything is asked. */
export async function runAuditCommand(command: AuditCommand, around: KitSurroundings): Promise<number> {
  const { screen, signal, now } = around
  const words = screenWords(command.language)
  const call: CallOptions = {
    token: command.token,
    timeoutMs: command.timeoutMs,
    firstPauseMs: around.firstPauseMs,
    signal,
    onRetry: (reason, pauseMs) => screen.err(`${words.retry(reason, Math.ceil(pauseMs / 1000))}\n`),
  }
  const session = await openSession(command, call, around)
  if (command.token !== undefined && isPlain(session)) screen.err(`${words.plainToken}\n`)
  const cost = forecast(session)
  introduce(session, cost, command, around)
  if (command.planOnly) {
    screen.out(`${words.planned}\n`)
    return 0
  }
  saveSession(command.out, session)
  const kept = countAnswers(command.out)
  if (kept > 0) screen.err(`${words.resumed(kept)}\n`)
  const progress = progressLine(screen, words, cost.questions, now)
  try {
    const conducted = await conductAudit(session, {
      ...call,
      onRetry: (reason, pauseMs) => progress.say(words.retry(reason, Math.ceil(pauseMs / 1000))),
      folder: command.out,
      parallel: command.parallel,
      onAnswered: progress.answered,
    })
    progress.close()
    if (session.secrets.endpoints.after === null) {
      screen.out(`${words.onlyBefore(command.out)}\n`)
      return 0
    }
    return conclude(session, conducted, command, around)
  } catch (error) {
    progress.close()
    if (!signal.aborted && !isDomainError(error)) throw error
    screen.err(`${isDomainError(error) ? `${error.message}\n` : ''}${words.stopped(command.out)}\n`)
    return INCOMPLETE
  }
}

/** What the folder holds, or a new session; a folder with another audit is left alone. */
async function openSession(
  command: AuditCommand,
  call: CallOptions,
  { screen, clock }: KitSurroundings,
): Promise<Session> {
  const isBegun = holdsSession(command.out)
  if (command.resume && !isBegun) refuse('FOLDER_INCOMPLETE', `${command.out} holds no audit to go on with.`, '--out')
  if (isBegun) return resumeSession(command, call)
  const { session, leftOut } = await prepareSession(command, call, clock())
  for (const { set, key, reason } of leftOut) screen.err(`${set}: ${key}: ${reason}\n`)
  return session
}

const isPlain = ({ secrets: { endpoints } }: Session): boolean =>
  [endpoints.before.url, endpoints.after?.url ?? ''].some(
    (url) => url.startsWith('http:') && !/^http:\/\/(localhost|127\.0\.0\.1|\[::1\])[:/]/.test(url),
  )

function introduce({ plan }: Session, cost: Forecast, { language }: AuditCommand, { screen }: KitSurroundings): void {
  const words = screenWords(language)
  const { before, after } = plan.endpoints
  const { forget, heldOut, retain } = plan.pictures
  const counts = {
    forget: forget.count,
    heldOut: heldOut.count,
    retain: retain?.count ?? 0,
    leftOut: forget.leftOut + heldOut.leftOut + (retain?.leftOut ?? 0),
    imageSize: plan.imageSize,
  }
  const { aucMargin: margin } = plan.policy
  const lines = [
    ...[before, after].flatMap((endpoint, index) =>
      endpoint === null
        ? []
        : [
            `${(index === 0 ? words.before : words.after).padEnd(9)} ${endpoint.url} (${words.weights(endpoint.weightsDigest)})`,
          ],
    ),
    words.pictures(counts),
    words.cost(cost, (cost.bytes / 1e6).toFixed(cost.bytes < 1e7 ? 1 : 0)),
    words.reach(cost, { margin, forget: forget.count, heldOut: heldOut.count }),
  ]
  screen.out(`${lines.join('\n')}\n`)
}

function conclude(
  session: Session,
  conducted: Awaited<ReturnType<typeof conductAudit>>,
  command: AuditCommand,
  { screen, clock, configDir }: KitSurroundings,
): number {
  const words = screenWords(command.language)
  const { signer, madeAt } = openOwnerKey(configDir, command.key)
  if (madeAt !== null) screen.out(`${words.newKey(madeAt)}\n`)
  const names = writeResult(command.out, session, conducted, signer, clock())
  const { verdict, reasons } = conducted.report
  const { word, sentence, of } = verdictWords(command.language, verdict)
  const why = reasons.map(({ code, message }) => `  ${command.language === 'en' ? message : (of(code) ?? message)}\n`)
  screen.out(`\n${word}: ${sentence}\n${why.join('')}\n${words.written(path.resolve(command.out))}\n`)
  screen.out(names.map((name) => `  ${name}\n`).join(''))
  return exitCodes[verdict]
}
