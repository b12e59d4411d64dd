import { jetstreamManager } from '@nats-io/jetstream'
import { headers } from 'nats'
import { fenceOff } from './attempts.js'
import type { Bus } from './bus.js'
import { grantHeader } from './publish.js'
import type { GrantsOf } from './report-proof.js'
import { allTasks, runAddress } from './subjects.js'
import { stream } from './topology.js'

/**
 * Publishes every task anew that no grant of now came with: those of a release that knew none, or of a secret that holds no
 * more. The bytes stay as they are. A worker that has the old message is fenced off: it could not report how the run ended.
 * Repeating it changes nothing, also where it was cut off.
 *
 * @returns how many were published anew
 */
export async function regrantTasks(bus: Bus, grantsOf: GrantsOf): Promise<number> {
  const { streams } = await jetstreamManager(bus.nc)
  let count = 0
  for (let seq = 1; ; seq++) {
    const asked = { seq, next_by_subj: allTasks }
    const message = await streams.getMessage(stream.tasks, asked)
    if (message === null) return count
    seq = message.seq
    const address = runAddress(message.subject)
    if (address === null) continue
    const grants = grantsOf(address)
    if (grants.includes(message.header.get(grantHeader))) continue
    const beside = headers()
    beside.set(grantHeader, grants[0])
    await fenceOff(bus, address.runId)
    await bus.js.publish(message.subject, message.data, { headers: beside, msgID: `granted:${message.seq}` })
    await streams.deleteMessage(stream.tasks, message.seq).catch(() => false)
    count += 1
  }
}
