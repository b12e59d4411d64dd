import { describe, expect, it } from 'vitest'
import {
  foretellBreach,
  type StageDuration,
  stageDurations,
  stageOf,
  type WorkAhead,
  WorkStage,
} from './breach-forecast.js'
import { judgeForecasts } from './forecast-quality.js'
import { randomStream } from './random-stream.js'

const hour = 3600
const day = 24 * hour
const ahead: WorkAhead = {
  stage: 'identity',
  elapsedSeconds: 0,
  isPaused: false,
  secondsLeft: 30 * day,
  queueSeconds: 0,
}
const chance = (over: Partial<WorkAhead>, history: readonly StageDuration[] = []): number =>
  foretellBreach(history, { ...ahead, ...over }).probability

describe('the risk of being late', () => {
  it('rises as time runs out, with what waits ahead, and with what the tenant’s requests took', () => {
    expect(chance({ secondsLeft: 2 * day })).toBeGreaterThan(chance({ secondsLeft: 10 * day }))
    expect(chance({ secondsLeft: 3 * day, queueSeconds: 2 * day })).toBeGreaterThan(chance({ secondsLeft: 3 * day }))
    const slow = Array.from({ length: 20 }, () => ({ stage: 'approval' as const, seconds: 20 * day }))
    const fast = slow.map((each) => ({ ...each, seconds: hour }))
    expect(chance({ secondsLeft: 10 * day }, slow)).toBeGreaterThan(0.8)
    expect(chance({ secondsLeft: 10 * day }, fast)).toBeLessThan(chance({ secondsLeft: 10 * day }))
  })

  it('grows while a stage drags on, for one that has taken long will take longer', () => {
    expect(chance({ secondsLeft: 5 * day, elapsedSeconds: 10 * day })).toBeGreaterThan(chance({ secondsLeft: 5 * day }))
  })

  it('falls from stage to stage, is 1 once time is up, and is the same for the same arguments', () => {
    const chances = WorkStage.options.map((stage) => chance({ stage, secondsLeft: 2 * day }))
    expect([...chances].sort((a, b) => b - a)).toEqual(chances)
    expect(chance({ secondsLeft: 0 })).toBe(1)
    expect(chance({ secondsLeft: 4 * day })).toBe(chance({ secondsLeft: 4 * day }))
  })

  it('leaves the stage that a clock is paused for out, since the clock stands still as long', () => {
    expect(chance({ isPaused: true, secondsLeft: 4 * day, elapsedSeconds: 50 * day })).toBe(
      chance({ isPaused: true, secondsLeft: 4 * day }),
    )
  })

  it('does better than the share of late answers alone on a tenant of which it knows the past', () => {
    const random = randomStream(1)
    // Approval takes a day for half of the requests and ten for the others; how long it has taken says which.
    const history = Array.from({ length: 60 }, (_, index) => ({
      stage: 'approval' as const,
      seconds: (index % 2 === 0 ? 1 : 10) * day * (0.8 + 0.4 * random()),
    }))
    const scored = Array.from({ length: 200 }, (_, index) => {
      const takes = (index % 2 === 0 ? 1 : 10) * day * (0.8 + 0.4 * random())
      const elapsedSeconds = 3 * day * random()
      const secondsLeft = 4 * day
      const isOver = takes < elapsedSeconds
      const stage = isOver ? ('work' as const) : ('approval' as const)
      const probability = chance({ stage, elapsedSeconds: isOver ? 0 : elapsedSeconds, secondsLeft }, history)
      return { clockId: String(index), probability, breached: !isOver && takes - elapsedSeconds > secondsLeft }
    })
    const { brier, baseline } = judgeForecasts(scored)
    expect(brier).toBeLessThan(baseline ?? 0)
  })
})

describe('the stages of a request', () => {
  const ends = {
    received: '2026-03-01T00:00:00Z',
    identity: '2026-03-02T00:00:00Z',
    planning: '2026-03-02T06:00:00Z',
  }

  it('last from one thing on record to the next; where one is missing, nothing is said', () => {
    expect(stageDurations(ends)).toEqual([
      { stage: 'identity', seconds: day },
      { stage: 'planning', seconds: 6 * hour },
    ])
    expect(stageDurations({ received: ends.received, planning: ends.planning })).toEqual([])
  })

  it('are told by the request’s state, and for one that is blocked by what is on record', () => {
    const now = '2026-03-03T06:00:00Z'
    expect(stageOf('PLANNED', ends, now)).toEqual({ stage: 'approval', elapsedSeconds: day })
    expect(stageOf('BLOCKED', ends, now)).toEqual({ stage: 'approval', elapsedSeconds: day })
    expect(stageOf('UNLEARNING', { ...ends, approval: now }, now)).toEqual({ stage: 'work', elapsedSeconds: 0 })
  })
})

describe('how good forecasts have been', () => {
  it('is Brier’s score beside that of the share alone, by bins, and says how many clocks there were', () => {
    const quality = judgeForecasts([
      { clockId: 'a', probability: 0.1, breached: false },
      { clockId: 'a', probability: 0.9, breached: true },
      { clockId: 'b', probability: 1, breached: false },
      { clockId: 'b', probability: 0, breached: false },
    ])
    expect(quality).toMatchObject({ forecasts: 4, clocks: 2, baseline: 0.1875 })
    expect(quality.brier).toBeCloseTo((0.01 + 0.01 + 1) / 4, 10)
    expect(quality.bins.map(({ forecasts }) => forecasts)).toEqual([1, 1, 0, 0, 2])
    expect(quality.bins.at(-1)).toMatchObject({ foretold: 0.95, observed: 0.5 })
    expect(judgeForecasts([])).toMatchObject({ forecasts: 0, brier: null, baseline: null })
  })
})
