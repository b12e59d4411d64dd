/** A path of this site; anything else would send somebody who has just signed in elsewhere. */
export const safeTarget = (to: string | null | undefined): string => (to != null && /^\/(?![/\\])/.test(to) ? to : '/')
