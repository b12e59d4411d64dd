import { z } from 'zod'
import type { ErasureState } from './erasure-request.js'
import { type RandomStream, randomStream } from './random-stream.js'

/** Stretches of a request's way, in order; each ends with a thing that is on record. */
export const WorkStage = z.enum(['identity', 'planning', 'approval', 'work', 'erasing'])
export type WorkStage = z.infer<typeof WorkStage>

/** How long one stage of one request took. */
export interface StageDuration {
  readonly stage: WorkStage
  /** Above 0. */
  readonly seconds: number
}

/** Where an open request stands. */
export interface WorkAhead {
  readonly stage: WorkStage
  /** Since the stage began. */
  readonly elapsedSeconds: number
  /** A paused clock stands still until the stage is over. */
  readonly isPaused: boolean
  readonly secondsLeft: number
  /** What the tenant's runs that come first take, one after the other, at the speed of the newest ones. */
  readonly queueSeconds: number
}

export interface BreachForecast {
  readonly probability: number
  readonly stage: WorkStage
}

const hour = 3600

/** What is believed of a stage before there is history: median, and spread of the logarithm; worth two requests. */
const prior: Readonly<Record<WorkStage, { median: number; spread: number }>> = {
  identity: { median: 24 * hour, spread: 1.3 },
  planning: { median: 4 * hour, spread: 1.3 },
  approval: { median: 24 * hour, spread: 1.3 },
  work: { median: 4 * hour, spread: 1 },
  erasing: { median: hour / 6, spread: 1 },
}
const PRIOR_REQUESTS = 2
const DRAWS = 4000

/**
 * Chance that a request is not answered in time. The time that a stage takes is log-logistic, its logarithm's mean and
 * spread those of the tenant's requests so far together with a prior that is worth two; a stage that has begun is known
 * to take longer than it has. Stages are taken as independent. The sum is drawn 4,000 times from a fixed stream, so the
 * same arguments give the same answer; its error is below .01.
 */
export function foretellBreach(history: readonly StageDuration[], ahead: WorkAhead): BreachForecast {
  const { stage, elapsedSeconds, isPaused, secondsLeft, queueSeconds } = ahead
  if (secondsLeft <= 0) return { probability: 1, stage }
  const stages = WorkStage.options.slice(WorkStage.options.indexOf(stage))
  const shapes = stages.map((each) => shapeOf(each, history))
  const waits = stages.includes('work') ? queueSeconds : 0
  const random = randomStream(7021)
  let late = 0
  for (let draw = 0; draw < DRAWS; draw++) {
    let seconds = waits
    shapes.forEach((shape, index) => {
      if (index > 0) seconds += drawBeyond(shape, 0, random)
      else if (!isPaused) seconds += drawBeyond(shape, elapsedSeconds, random) - elapsedSeconds
    })
    if (seconds > secondsLeft) late++
  }
  return { probability: late / DRAWS, stage }
}

interface LogLogistic {
  /** Median, seconds. */
  readonly alpha: number
  readonly beta: number
}

function shapeOf(stage: WorkStage, history: readonly StageDuration[]): LogLogistic {
  const logs = history
    .filter((each) => each.stage === stage && each.seconds > 0)
    .map(({ seconds }) => Math.log(seconds))
  const { median, spread } = prior[stage]
  const [count, before] = [logs.length, Math.log(median)]
  const weight = PRIOR_REQUESTS + count
  const mean = logs.reduce((sum, log) => sum + log, 0) / Math.max(1, count)
  const center = (PRIOR_REQUESTS * before + count * mean) / weight
  const squares = PRIOR_REQUESTS * spread ** 2 + logs.reduce((sum, log) => sum + (log - mean) ** 2, 0)
  // How far a tenant lies from what was believed says nothing of how much its requests differ from one another.
  // One further request varies about a center that is itself known only so well.
  const deviation = Math.sqrt((squares / weight) * (1 + 1 / weight))
  return { alpha: Math.exp(center), beta: Math.PI / (Math.sqrt(3) * Math.max(deviation, 0.05)) }
}

/** A draw that is known to be larger than `elapsed`: survival is 1 / (1 + (t/α)^β). */
function drawBeyond({ alpha, beta }: LogLogistic, elapsed: number, random: RandomStream): number {
  const survival = (1 - random()) / (1 + (elapsed / alpha) ** beta)
  return Math.max(elapsed, alpha * (1 / survival - 1) ** (1 / beta))
}

const stageOfState: Partial<Record<ErasureState, WorkStage>> = {
  RECEIVED: 'identity',
  IDENTITY_PENDING: 'identity',
  VERIFIED: 'planning',
  PLANNED: 'approval',
  APPROVED: 'work',
  UNLEARNING: 'work',
  AUDITING: 'work',
  ERASING: 'erasing',
}

/** Instants at which the stages of a request were over, as far as they are; `received` begins the first. */
export type StageEnds = Readonly<Partial<Record<WorkStage | 'received', string>>>

/** How long each stage that is over took. */
export function stageDurations(ends: StageEnds): StageDuration[] {
  const found: StageDuration[] = []
  let from = ends.received
  for (const stage of WorkStage.options) {
    const until = ends[stage]
    const seconds = from === undefined || until === undefined ? 0 : secondsBetween(from, until)
    if (seconds > 0) found.push({ stage, seconds })
    from = until
  }
  return found
}

/** Where a request in this state stands, and since when. One that is blocked stands where it was. */
export function stageOf(
  state: ErasureState,
  ends: StageEnds,
  now: string,
): { stage: WorkStage; elapsedSeconds: number } {
  const isOpen = WorkStage.options.find((stage) => ends[stage] === undefined)
  const stage = stageOfState[state] ?? isOpen ?? 'erasing'
  const before = ['received', ...WorkStage.options] as const
  const since = before
    .slice(0, before.indexOf(stage))
    .map((end) => ends[end])
    .findLast((end) => end !== undefined)
  return { stage, elapsedSeconds: since === undefined ? 0 : Math.max(0, secondsBetween(since, now)) }
}

const secondsBetween = (from: string, until: string): number => (Date.parse(until) - Date.parse(from)) / 1000
