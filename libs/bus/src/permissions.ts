import { RunKind } from '@lethe/domain'
import { allProgress, allResults, allTasks } from './subjects.js'
import { progressConsumer, resultConsumer, stream, taskConsumer } from './topology.js'

/** The services that use the bus; each signs in as a user of its own. */
export const busUsers = ['registrar', 'gateway', 'compute', 'embedding'] as const
export type BusUser = (typeof busUsers)[number]

/** Subjects as nats-server's `permissions` take them. What is not allowed is refused. */
export interface BusPermissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny?: readonly string[] }
  readonly subscribe: { readonly allow: readonly string[] }
}

/** Answers to a service's own questions arrive below this; no other service may listen there. */
export const inboxPrefixOf = (user: BusUser): string => `_INBOX_${user}`

const bucket = { attempts: 'KV_attempts', cancelled: 'KV_cancelled', deployments: 'KV_deployments' } as const
/** Where libs/artifacts keeps blobs. */
const blobs = { stream: 'OBJ_artifacts', subjects: '$O.artifacts.>' } as const

const api = (verb: string, ...of: readonly string[]): string[] => of.map((name) => `$JS.API.${verb}.${name}`)
const acknowledgements = (of: string, consumer: string): string[] => [
  `$JS.ACK.${of}.${consumer}.>`,
  // With a domain and an account hash before the stream, as servers of a cluster may write it.
  `$JS.ACK.*.*.${of}.${consumer}.>`,
]
const pulls = (of: string, consumer: string): string[] => [
  ...api('CONSUMER.INFO', `${of}.${consumer}`),
  ...api('CONSUMER.MSG.NEXT', `${of}.${consumer}`),
  ...acknowledgements(of, consumer),
]
const dead = (from: string): string => `dead.${from}.>`

/**
 * For the two that work for every tenant. Workers have none of it: the store names chunks by random ids, so rights on them
 * cannot be cut down to a tenant. No consumer is made to read a blob: who may make one may also choose where it delivers.
 */
const readsBlobs = [
  ...api('STREAM.INFO', blobs.stream),
  ...api('STREAM.MSG.GET', blobs.stream),
  `$JS.API.DIRECT.GET.${blobs.stream}`,
  `$JS.API.DIRECT.GET.${blobs.stream}.>`,
]
const writesBlobs = [blobs.subjects, ...api('STREAM.PURGE', blobs.stream)]
const deletesBlobs = api('STREAM.MSG.DELETE', blobs.stream)

const everyStream = [...Object.values(stream), ...Object.values(bucket), blobs.stream]

/**
 * What each service may say and hear, and nothing more. The embedded server and Kubernetes are configured from this table
 * (`npm run bus-permissions`), and every integration test runs under it.
 */
export const busPermissions: Readonly<Record<BusUser, BusPermissions>> = {
  /** Makes streams, consumers and buckets, and can delete none of them. */
  registrar: {
    publish: {
      allow: [
        '$JS.API.INFO',
        ...api('STREAM.CREATE', ...everyStream),
        ...api('STREAM.UPDATE', ...everyStream),
        ...api('STREAM.INFO', ...everyStream),
        ...RunKind.options.flatMap((kind) => [
          ...api('CONSUMER.CREATE', `${stream.tasks}.${taskConsumer(kind)}.>`),
          ...api('CONSUMER.INFO', `${stream.tasks}.${taskConsumer(kind)}`),
        ]),
        ...api('CONSUMER.CREATE', `${stream.results}.${resultConsumer}`),
        ...api('CONSUMER.CREATE', `${stream.events}.${progressConsumer}.>`),
        ...pulls(stream.results, resultConsumer),
        ...pulls(stream.events, progressConsumer),
        // A cancelled task leaves the queue.
        ...api('STREAM.MSG.GET', stream.tasks),
        ...api('STREAM.MSG.DELETE', stream.tasks),
        ...api('STREAM.MSG.GET', ...Object.values(bucket)),
        '$KV.attempts.>',
        '$KV.cancelled.>',
        '$KV.deployments.>',
        ...readsBlobs,
        ...writesBlobs,
        ...deletesBlobs,
        allTasks,
        // Of runs that were cancelled before a worker had them.
        allResults,
        'events.*.*.*.changed',
        'cancel.*.*',
        dead('results'),
        dead('events'),
      ],
    },
    subscribe: { allow: [`${inboxPrefixOf('registrar')}.>`] },
  },
  /** Follows events, keeps uploads, and says nothing: what it wants done goes through the outbox. */
  gateway: {
    publish: {
      allow: [
        '$JS.API.INFO',
        ...api('STREAM.INFO', stream.events),
        ...api('CONSUMER.CREATE', `${stream.events}.>`),
        ...api('CONSUMER.INFO', `${stream.events}.*`),
        ...api('CONSUMER.MSG.NEXT', `${stream.events}.*`),
        ...api('CONSUMER.DELETE', `${stream.events}.*`),
        ...readsBlobs,
        ...writesBlobs,
      ],
      // The registrar's place in the stream of progress.
      deny: [
        ...api('CONSUMER.CREATE', `${stream.events}.${progressConsumer}`, `${stream.events}.${progressConsumer}.>`),
        ...api('CONSUMER.MSG.NEXT', `${stream.events}.${progressConsumer}`),
        ...api('CONSUMER.DELETE', `${stream.events}.${progressConsumer}`),
      ],
    },
    subscribe: { allow: [`${inboxPrefixOf('gateway')}.>`] },
  },
  /** Takes tasks, tells progress and results. It reads no event, asks for no task, and has blobs from the registrar alone. */
  compute: {
    publish: {
      allow: [
        '$JS.API.INFO',
        ...RunKind.options.flatMap((kind) => pulls(stream.tasks, taskConsumer(kind))),
        ...api('STREAM.MSG.GET', bucket.attempts, bucket.cancelled),
        '$KV.attempts.>',
        allResults,
        allProgress,
        dead('tasks'),
      ],
    },
    subscribe: { allow: [`${inboxPrefixOf('compute')}.>`, 'cancel.*.*'] },
  },
  /** Reads what is deployed; writes nothing. */
  embedding: {
    publish: {
      allow: [
        '$JS.API.INFO',
        ...api('STREAM.INFO', bucket.deployments),
        ...api('STREAM.MSG.GET', bucket.deployments),
        ...api('CONSUMER.CREATE', `${bucket.deployments}.>`),
        ...api('CONSUMER.DELETE', `${bucket.deployments}.*`),
        ...api('CONSUMER.INFO', `${bucket.deployments}.*`),
        `$JS.FC.${bucket.deployments}.>`,
      ],
    },
    subscribe: { allow: [`${inboxPrefixOf('embedding')}.>`] },
  },
}
