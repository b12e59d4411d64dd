import { afterAll, beforeAll, describe } from 'vitest'
import { barePortal } from './portal-stage.js'

// One portal and one browser for what needs no model. Members come and go at the end.
beforeAll(() => barePortal(), 300_000)
afterAll(async () => (await barePortal()).close())

describe('reference', async () => void (await import('./reference.js')))
describe('access', async () => void (await import('./access.js')))
