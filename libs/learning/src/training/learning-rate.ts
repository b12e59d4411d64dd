/**
 * Learning rate of step `step` (from 0) of `steps`: rises linearly over `warmupSteps`, then falls along half a cosine from
 * `peak` towards 0 (SGDR without restarts, arXiv 1608.03983).
 */
export function cosineLearningRate(peak: number, step: number, steps: number, warmupSteps = 0): number {
  if (step < warmupSteps) return (peak * (step + 1)) / (warmupSteps + 1)
  const progress = (step - warmupSteps) / Math.max(1, steps - warmupSteps)
  return (peak * (1 + Math.cos(Math.PI * progress))) / 2
}
