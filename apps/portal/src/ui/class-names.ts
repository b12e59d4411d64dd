/** Joins what is truthy; later classes do not override earlier ones, so callers pass only additions. */
export const classNames = (...parts: readonly (string | false | null | undefined)[]): string =>
  parts.filter(Boolean).join(' ')
