import { z } from 'zod'

/** One variable that keeps the process from starting. `fix` is the field's own description. Never holds the value. */
export interface EnvProblem {
  variable: string
  what: string
  fix: string | undefined
}

export type EnvResult<T> = { ok: true; env: T } | { ok: false; problems: EnvProblem[] }

/** Reads `source` by `schema`. A variable set to the empty string counts as unset. */
export function parseEnv<S extends z.ZodObject>(
  schema: S,
  source: Readonly<Record<string, string | undefined>>,
): EnvResult<z.output<S>> {
  const present = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''))
  const result = schema.safeParse(present)
  if (result.success) return { ok: true, env: result.data }
  return { ok: false, problems: result.error.issues.map((issue) => describeIssue(schema, present, issue)) }
}

/** The configuration of this process, or every problem on stderr and exit code 1. */
export function readEnv<S extends z.ZodObject>(
  schema: S,
  source: Readonly<Record<string, string | undefined>> = process.env,
): z.output<S> {
  const result = parseEnv(schema, source)
  if (result.ok) return result.env
  process.stderr.write(formatProblems(result.problems))
  process.exit(1)
}

export function formatProblems(problems: readonly EnvProblem[]): string {
  const head = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  const width = Math.max(...problems.map((problem) => problem.variable.length))
  const lines = problems.map(({ variable, what, fix }) => {
    const mend = fix === undefined ? '' : `\n  ${' '.repeat(width)}  Fix: ${fix}`
    return `  ${variable.padEnd(width)}  ${what}${mend}`
  })
  return `The configuration has ${head}:\n${lines.join('\n')}\n`
}

function describeIssue(schema: z.ZodObject, present: Record<string, unknown>, issue: z.core.$ZodIssue): EnvProblem {
  const variable = String(issue.path[0] ?? '(configuration)')
  const missing = issue.path.length > 0 && !(variable in present)
  const field: unknown = schema.shape[variable]
  return { variable, what: missing ? 'is not set' : issue.message, fix: descriptionOf(field) }
}

/** A description survives `.optional()` and `.default()` put around the described field. */
function descriptionOf(field: unknown): string | undefined {
  if (!(field instanceof z.ZodType)) return undefined
  if (field.description !== undefined) return field.description
  if (field instanceof z.ZodOptional || field instanceof z.ZodDefault || field instanceof z.ZodNullable)
    return descriptionOf(field.unwrap())
  if (field instanceof z.ZodPipe) return descriptionOf(field.in)
  return undefined
}
