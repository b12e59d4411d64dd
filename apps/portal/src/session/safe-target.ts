/** Stands for this site's own address, whatever it is. */
const here = 'https://here.invalid'

/**
 * A path of this site; anything else would send somebody who has just signed in elsewhere. Judged by the browser's own
 * reading, which drops tabs and line ends: `/<tab>/elsewhere.example` is another site to it.
 */
export function safeTarget(to: string | null | undefined): string {
  if (to == null || !to.startsWith('/') || !URL.canParse(to, here)) return '/'
  const { origin, pathname, search, hash } = new URL(to, here)
  return origin === here && !pathname.startsWith('//') ? `${pathname}${search}${hash}` : '/'
}
