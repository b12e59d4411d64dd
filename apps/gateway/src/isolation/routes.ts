import type { FastifyInstance } from 'fastify'
import { routesOf } from '../../../../test/kit/routes-of.js'
import type { Breaches } from './matrix.js'
import { footprintOf, marksOf } from './footprint.js'
import type { Caller, RouteRow } from './row.js'
import { publicRoutes, routeRows } from './route-rows.js'
import type { Stage } from './stage.js'

export function routesWithoutRow(app: FastifyInstance): Breaches {
  const served = routesOf(app)
  const known = [...publicRoutes, ...Object.keys(routeRows)]
  return [
    ...served.filter((route) => !known.includes(route)).map((route) => `${route} has no row`),
    ...known.filter((route) => !served.includes(route)).map((route) => `${route} is not served`),
  ]
}

export async function askRoute(stage: Stage, route: string, token: string | null): Promise<Response> {
  const row = routeRows[route]
  if (row === undefined) throw new Error(`${route} has no row`)
  const body = row.body?.(stage.things)
  return fetch(stage.rig.url + row.path(stage.things), {
    method: route.split(' ')[0] ?? 'GET',
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

function tokenOf({ tokenOf: acmes, rival, admin }: Stage, row: RouteRow, caller: Caller): string | null {
  const able = row.permitted ?? 'nobody'
  if (caller === 'without the right') return acmes(row.without ?? 'nobody')
  if (caller === 'permitted') return acmes(able)
  if (caller === 'anonymous' || able === 'nobody') return null
  return able === 'platform_admin' ? admin : rival.tokens[able]
}

/** What a caller must not have is asked for, and leaves no trace; what they may have is answered. */
export async function routeBreaches(stage: Stage, caller: Caller): Promise<Breaches> {
  const [before, marks] = [await footprintOf(stage), await marksOf(stage)]
  const breaches: string[] = []
  for (const [route, row] of Object.entries(routeRows)) {
    const expected = row.answers[caller]
    if (expected === undefined) continue
    const response = await askRoute(stage, route, tokenOf(stage, row, caller))
    const text = await response.text()
    if (response.status !== expected)
      breaches.push(`${caller}: ${route} must answer ${expected}, and answered ${response.status} ${text}`)
    if (caller !== 'permitted')
      for (const mark of marks) if (text.includes(mark)) breaches.push(`${caller}: ${route} gave away ${mark} of acme`)
  }
  if (caller !== 'permitted' && (await footprintOf(stage)) !== before)
    breaches.push(`${caller}: left rows, messages or blobs behind`)
  return breaches
}
