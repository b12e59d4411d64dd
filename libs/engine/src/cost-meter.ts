import type { RunCost } from '@lethe/domain'
import type { Spent } from './resume-point.js'

/** How often memory is looked at. A peak between two looks is missed. */
const lookMs = 200

export interface CostMeter {
  /** So far, with what earlier attempts spent. */
  read(): Spent
  stop(): void
}

/** Measures this process while a job has it to itself: CPU time of all its threads, resident memory. */
export function startCostMeter(before: Spent | null): CostMeter {
  const startedAt = performance.now()
  const cpuAtStart = process.cpuUsage()
  let peakMemoryBytes = Math.max(before?.peakMemoryBytes ?? 0, process.memoryUsage.rss())
  const look = (): void => {
    peakMemoryBytes = Math.max(peakMemoryBytes, process.memoryUsage.rss())
  }
  const timer = setInterval(look, lookMs)
  return {
    read() {
      look()
      const { user, system } = process.cpuUsage(cpuAtStart)
      return {
        wallSeconds: (before?.wallSeconds ?? 0) + (performance.now() - startedAt) / 1000,
        cpuSeconds: (before?.cpuSeconds ?? 0) + (user + system) / 1e6,
        peakMemoryBytes,
      }
    },
    stop: () => clearInterval(timer),
  }
}

export const costOf = (spent: Spent, device: string): RunCost => ({ ...spent, device })
