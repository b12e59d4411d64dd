interface Clock {
  state: 'RUNNING' | 'PAUSED' | 'MET' | 'BREACHED'
  dueAt: string
}

const rank: Record<Clock['state'], number> = { BREACHED: 0, RUNNING: 1, PAUSED: 2, MET: 3 }

/** Breached first, then what runs by its due date; what is done comes last. */
export const byUrgency = (a: Clock, b: Clock): number =>
  rank[a.state] - rank[b.state] || Date.parse(a.dueAt) - Date.parse(b.dueAt)
