/** What a screen, and what lies below it, asks of a viewer: any of these actions; none, and everybody has it. */
const needs: Readonly<Record<string, readonly string[]>> = {
  // Who runs the platform is sent on from here, which only a page that is there can do.
  '/': ['tenant:read', 'platform:read'],
  '/requests': ['erasure:read'],
  '/requests/new': ['erasure:request'],
  '/audits': ['audit:read'],
  '/models': ['model:read'],
  '/datasets': ['dataset:read'],
  '/runs': ['run:read'],
  '/evidence': ['evidence:read'],
  '/sla': ['sla:read', 'platform:read'],
  '/sla/rules': ['sla:read'],
  '/tenants': ['platform:read'],
  '/notices': ['tenant:read'],
  '/settings/members': ['member:read'],
  '/settings/keys': ['key:read'],
  '/settings/auditors': ['auditor:read'],
  '/settings/webhooks': ['webhook:read'],
  '/settings/notifications': ['tenant:read'],
  '/settings/single-sign-on': ['sso:read'],
}

const covers = (screen: string, pathname: string): boolean =>
  pathname === screen || (screen !== '/' && pathname.startsWith(`${screen}/`))

/** Whether a screen has anything for who may do these actions. The gateway decides on every reading; this spares a dead end. */
export function mayOpen(actions: readonly string[], pathname: string): boolean {
  const closest = Object.keys(needs)
    .filter((screen) => covers(screen, pathname))
    .reduce((longest, screen) => (screen.length > longest.length ? screen : longest), '')
  const asked = needs[closest] ?? []
  return asked.length === 0 || asked.some((action) => actions.includes(action))
}
