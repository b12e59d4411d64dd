/** Receives one finished sentence for a person: what was found, what was tried, what is being done. */
export type Report = (line: string) => void

export const firstLine = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const { stderr } = (cause ?? {}) as { stderr?: unknown }
  const text =
    typeof stderr === 'string' && stderr.trim() !== '' ? stderr : cause instanceof Error ? cause.message : String(cause)
  return text.trim().split('\n')[0] ?? ''
}
