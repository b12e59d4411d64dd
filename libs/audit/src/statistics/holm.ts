/** Holm's step-down adjustment (Holm 1979): reject where the adjusted p is below alpha, and the family errs with alpha at most. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, index) => index).sort((a, b) => (ps[a] as number) - (ps[b] as number))
  const adjusted = new Array<number>(ps.length)
  let largest = 0
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (ps.length - rank) * (ps[index] as number)))
    adjusted[index] = largest
  })
  return adjusted
}
