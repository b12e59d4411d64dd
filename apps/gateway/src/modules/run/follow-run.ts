import { followEvents, type RunProgressed } from '@lethe/bus'
import { DomainError } from '@lethe/domain'
import type { Scope } from '../../context.js'
import { followWhileSignedIn } from '../../graphql/follow.js'
import { shape } from '../../graphql/node.js'
import { shapeProgress } from './run.shape.js'
import { RunProgress } from './run.types.js'

const shapeEvent = ({ runId, attempt, worker, device, at, progress }: RunProgressed): RunProgress =>
  shape(RunProgress, { runId, attempt, worker, device, at: new Date(at), progress: shapeProgress(progress) })

/** Everything that was said of a run so far, or since the event that the viewer saw last, then what is said while they stay. */
export async function followRun(scope: Scope, runId: string): Promise<AsyncIterableIterator<RunProgress>> {
  const { tenantId, services, place } = scope
  const run = await scope.loaders.run.load(runId)
  if (run === null) throw new DomainError('NOT_FOUND', 'There is no such run.', 'runId')
  return followWhileSignedIn(scope, async function* (signal) {
    const events = followEvents(services.bus, {
      scope: { tenantId, aggregate: 'run', id: run.id },
      from: place.after ?? 'replay',
      signal,
    })
    for await (const followed of events) {
      if (followed.type !== 'progress') continue
      place.reached = followed.sequence
      yield shapeEvent(followed.event)
    }
  })
}
