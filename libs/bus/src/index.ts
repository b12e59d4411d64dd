export * from './contracts/index.js'
export { connectBus, isBusReachable, type Bus, type BusOptions } from './bus.js'
export { checkBusServer } from './check-bus-server.js'
export { requestCancel, type CancelRequest } from './cancel.js'
export { consumeProgress, consumeResults, type ConsumeOptions } from './consume-results.js'
export {
  consumeTasks,
  type ConsumeTasksOptions,
  type GrantedTask,
  type TaskContext,
  type TaskNote,
  type TaskOutcome,
} from './consume-tasks.js'
export { deadLetterHeader } from './dead-letter.js'
export {
  putDeployment,
  readDeployment,
  regrantDeployments,
  removeDeployment,
  watchDeployments,
  type DeploymentWatcher,
} from './deployments.js'
export { eraseResumePoints, isDeployed, readResumePoints } from './erase-traces.js'
export { followEvents, newestSequence, type FollowedEvent, type FollowOptions } from './follow-events.js'
export { busPermissions, busUsers, type BusPermissions, type BusUser } from './permissions.js'
export { publishChanged, publishProgress, publishResult, publishTask, type Published } from './publish.js'
export { readQueues, type QueueReading } from './read-queues.js'
export { regrantTasks } from './regrant-tasks.js'
export type { GrantsOf } from './report-proof.js'
export { busUrl } from './server-address.js'
export { defaultRetryPolicy, FailureWithCheckpoint, TaskInterrupt, type RetryPolicy } from './settle.js'
export type { EventScope } from './subjects.js'
export { stream, taskConsumer } from './topology.js'
