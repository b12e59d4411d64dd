/** Two circles, one of them fading from the other: what was learned, and what is let go. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2.5 text-[1.0625rem] font-semibold tracking-tight">
      <svg viewBox="0 0 28 20" className="h-5 w-7 text-accent" aria-hidden>
        <circle cx="10" cy="10" r="8.5" fill="none" stroke="currentColor" strokeWidth="2.4" />
        <circle
          cx="18"
          cy="10"
          r="8.5"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeDasharray="1.6 2.6"
          strokeLinecap="round"
        />
      </svg>
      Lethe
    </span>
  )
}
