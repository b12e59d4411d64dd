import type { Estimate } from '@/features/audits/report'

const low = 0.2
const high = 0.9
const width = 140
const at = (value: number): number => ((Math.min(high, Math.max(low, value)) - low) / (high - low)) * width

/** Where an AUC and its interval lie against the allowed band around 0.5; the numbers stand beside it. */
export function AucBar({ estimate, margin, label }: { estimate: Estimate; margin: number; label: string }) {
  const [from, to] = estimate.interval ?? [estimate.value, estimate.value]
  return (
    <svg viewBox={`0 0 ${width} 20`} className="ml-auto h-5 w-[8.75rem]" role="img" aria-label={label}>
      <rect x={at(0.5 - margin)} width={at(0.5 + margin) - at(0.5 - margin)} height="20" className="fill-pass-well" />
      <line x1={at(0.5)} x2={at(0.5)} y2="20" className="stroke-line-strong" strokeDasharray="2 2" />
      <line x1={at(from)} x2={at(to)} y1="10" y2="10" className="stroke-ink" strokeWidth="2" />
      <circle cx={at(estimate.value)} cy="10" r="4" className="fill-ink" />
    </svg>
  )
}
