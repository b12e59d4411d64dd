import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** What axe finds wrong, with the first places where it does. */
export interface Fault {
  readonly id: string
  readonly impact: string
  readonly at: readonly string[]
}

/** Tags of axe's rules that WCAG 2.2 AA asks for; the others are good practice. */
export const wcag22aa = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] as const

/**
 * Faults of a page as it stands. Places are kept of faults alone: those of what is in order, and a second page to put
 * frames together that our pages do not have, took most of the time.
 *
 * @param tags rules to look at; all where none are named
 */
export async function faultsOf(page: Page, tags?: readonly string[]): Promise<Fault[]> {
  if (page.frames().length > 1) throw new Error(`${page.url()} has frames, which would not be looked into.`)
  const runOnly = tags && { runOnly: { type: 'tag' as const, values: [...tags] } }
  const axe = new AxeBuilder({ page }).options({ resultTypes: ['violations'], ...runOnly }).setLegacyMode()
  const { violations } = await axe.analyze()
  return violations.map(({ id, impact, nodes }) => ({
    id,
    impact: impact ?? 'unknown',
    at: nodes.slice(0, 3).map(({ html }) => html.slice(0, 160)),
  }))
}

/** Those that keep somebody from using the page. */
export const seriousFaultsOf = async (page: Page, tags?: readonly string[]): Promise<Fault[]> =>
  (await faultsOf(page, tags)).filter(({ impact }) => impact === 'serious' || impact === 'critical')
