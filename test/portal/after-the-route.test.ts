import { afterAll, beforeAll, describe } from 'vitest'
import { portalStage } from './portal-stage.js'

// One platform, one route and one browser for all that is looked at afterwards. Later parts meet what earlier ones left.
beforeAll(() => portalStage(), 500_000)
afterAll(async () => (await portalStage()).close())

describe('what the route left', async () => void (await import('./screens.js')))
describe('requests by hand', async () => void (await import('./erasures.js')))
describe('a review', async () => void (await import('./reviews.js')))
describe('time', async () => void (await import('./clocks.js')))
