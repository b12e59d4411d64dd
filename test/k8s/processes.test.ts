import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stream, taskConsumer } from '@lethe/bus'
import { RunKind } from '@lethe/domain'
import { serviceEnv, serviceNames, type PlatformFacts } from '@lethe/stack'
import { describe, expect, it } from 'vitest'
import { changed, local, object, ours, whole, workloads } from './cluster.js'
import {
  at,
  folder,
  objectsAt,
  root,
  textAt,
  textsAt,
  titleOf,
  workloadsIn,
  type JsonObject,
  type Workload,
} from './manifests.js'
import { probeProblems, referenceProblems, securityProblems } from './workload-problems.js'

describe('every process', () => {
  it('is unprivileged, bounded and asked how it is', () => {
    expect(workloads.flatMap(securityProblems)).toEqual([])
    expect(ours.flatMap(probeProblems)).toEqual([])
  })

  it.each([
    ['root', (pod: JsonObject) => (object(pod['securityContext'])['runAsUser'] = 0), 'not root'],
    [
      'a writable root',
      (pod: JsonObject) => (object(at(pod, 'containers.0.securityContext'))['readOnlyRootFilesystem'] = false),
      'read-only',
    ],
    ['no seccomp profile', (pod: JsonObject) => delete object(pod['securityContext'])['seccompProfile'], 'seccomp'],
    [
      'a folder of its host',
      (pod: JsonObject) =>
        objectsAt(pod, 'volumes').push({}) && (pod['volumes'] = [{ name: 'x', hostPath: { path: '/' } }]),
      'of its host',
    ],
    ['no bound', (pod: JsonObject) => delete object(at(pod, 'containers.0.resources'))['limits'], 'bounded'],
    [
      'a probe of another path',
      (pod: JsonObject) => (object(at(pod, 'containers.0.readinessProbe.httpGet'))['path'] = '/'),
      'readinessProbe',
    ],
  ])('would be caught with %s', (_, change, problem) => {
    const planted = workloadsIn(
      changed('Deployment/gateway', (document) => change(object(at(document, 'spec.template.spec')))),
    )
    expect([...planted.flatMap(securityProblems), ...planted.flatMap(probeProblems)].join('\n')).toContain(problem)
  })

  const secrets = new Map(
    objectsAt(local, 'secretGenerator').map((secret) => [
      textAt(secret, 'name'),
      [...textsAt(secret, 'literals'), ...textsAt(secret, 'files')].map((entry) => entry.split('=')[0] ?? ''),
    ]),
  )

  it('finds its secrets and settings, and every service and budget its pods', () => {
    expect(referenceProblems(workloads, whole, secrets)).toEqual([])
    expect(referenceProblems(workloads, whole, new Map([...secrets, ['nats', ['gateway']]]))).not.toEqual([])
    const renamed = changed('Service/gateway', (document) => (object(document['spec'])['selector'] = { app: 'gate' }))
    expect(referenceProblems(workloads, renamed, secrets)).toEqual(['Service/gateway: selects no pod'])
  })

  const facts: PlatformFacts = {
    ownerUrl: 'postgresql://postgres@postgres/lethe',
    passwords: { gateway: '', registrar: '', auth: '' },
    natsUrls: {},
    ports: { registrar: 0, compute: 0, embedding: 0, gateway: 0, portal: 0 },
    blobsPort: 0,
    gatewaySecret: '',
    blobGrantSecret: '',
    logSigningKeyFile: '',
    checkpointDir: '/checkpoints',
    logPublicKey: '',
    modelSigningKeyFile: '',
    modelPublicKey: '',
    embeddingKeyFile: '',
    embeddingPublicKey: '',
    logPreviousPublicKeys: [],
    bootstrapAdmin: { email: '', password: '' },
    mail: { url: 'file:///outbox', from: 'Lethe <no-reply@lethe.local>' },
    uploadDir: '/tmp/uploads',
    webhookTargets: 'public',
    signIn: { SIGN_UP: '', OIDC_ISSUERS: '', SSO_ALLOW_LOOPBACK: '', DNS_SERVERS: '', TRUST_PROXY: '' },
    tensorflow: { backend: 'auto', tfjsNodeDir: '', summary: '' },
    logLevel: '',
  }
  /** Set by the image, which knows what it was built with. */
  const ofImage = ['LETHE_BACKEND', 'LETHE_TFJS_NODE_DIR', 'TF_CPP_MIN_LOG_LEVEL']

  const envFile = {
    registrar: 'services/registrar/src/env.ts',
    compute: 'services/compute/src/env.ts',
    embedding: 'services/embedding/src/env.ts',
    gateway: 'apps/gateway/src/env.ts',
    portal: 'apps/portal/src/session/env.ts',
  }
  /** Read by Node, Next.js or libtensorflow; and by the portal's server, which is Next.js itself. */
  const ofOthers = ['NODE_ENV', 'NEXT_TELEMETRY_DISABLED', 'HOSTNAME']
  const nextReads = ['HOST', 'PORT', 'LOG_LEVEL']

  describe.each(serviceNames)('%s', (name) => {
    const own = ours.filter(({ labels, kind }) => labels['app'] === name && kind !== 'Job')
    const told = (workload: Workload | undefined) =>
      objectsAt(workload?.pod, 'containers.0.env')
        .map((variable) => textAt(variable, 'name'))
        // Parts of an address, put together in the manifest.
        .filter((variable) => !/(NATS|DATABASE)_PASSWORD$/.test(variable))

    it('is told in the cluster what it is told on one machine', () => {
      const image = readFileSync(join(folder, 'Dockerfile'), 'utf8')
      for (const variable of ofImage) expect(image).toContain(`${variable}=`)
      const deployment = told(own.find(({ kind }) => kind === 'Deployment'))
      const expected = Object.keys(serviceEnv(name, facts)).filter((variable) => !ofImage.includes(variable))
      const unread = name === 'portal' ? nextReads : []
      expect(expected.filter((variable) => !deployment.includes(variable) && !unread.includes(variable))).toEqual([])
    })

    it('is told nothing that it does not read', () => {
      const reads = new Set(
        readFileSync(join(root, envFile[name]), 'utf8')
          .match(/^ +[A-Z][A-Z0-9_]+(?=:)/gm)
          ?.map((line) => line.trim()),
      )
      for (const variable of [...ofOthers, ...(name === 'portal' ? nextReads : [])]) reads.add(variable)
      for (const workload of own) expect(told(workload).filter((variable) => !reads.has(variable))).toEqual([])
    })
  })
})

describe('workers on demand', () => {
  const jobs = whole.filter(({ document }) => document['kind'] === 'ScaledJob').map(({ document }) => document)

  it('follow the consumer of each kind of task under the names the bus gives them', () => {
    const followed = jobs
      .map((job) => at(job, 'spec.triggers.0.metadata'))
      .map((trigger) => ({
        stream: textAt(trigger, 'stream'),
        consumer: textAt(trigger, 'consumer'),
      }))
    expect(followed).toEqual(RunKind.options.map((kind) => ({ stream: stream.tasks, consumer: taskConsumer(kind) })))
  })

  it('end after one task', () => {
    const main = readFileSync(join(root, 'services/compute/src/main.ts'), 'utf8')
    for (const job of jobs) {
      const flags = textsAt(job, 'spec.jobTargetRef.template.spec.containers.0.args').slice(1)
      expect(flags).toEqual(['--once'])
      for (const flag of flags) expect(main).toContain(`'${flag}'`)
    }
  })

  it('take the kind of task they were started for', () => {
    for (const job of jobs) {
      const variables = objectsAt(job, 'spec.jobTargetRef.template.spec.containers.0.env')
      const kind = textAt(
        variables.find((variable) => variable['name'] === 'KINDS'),
        'value',
      )
      expect(textAt(job, 'spec.triggers.0.metadata.consumer')).toBe(taskConsumer(RunKind.parse(kind)))
    }
  })

  it('read the lag where nats-server tells it', () => {
    const [service] = whole.filter((manifest) => titleOf(manifest) === 'Service/nats').map(({ document }) => document)
    const monitor = objectsAt(service, 'spec.ports').find((port) => port['name'] === 'monitor')
    const namespace = textAt(local, 'namespace')
    const endpoint = `nats.${namespace}.svc.cluster.local:${textAt(monitor, 'port')}`
    for (const job of jobs) expect(textAt(job, 'spec.triggers.0.metadata.natsServerMonitoringEndpoint')).toBe(endpoint)
  })
})

describe('the images', () => {
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8')

  it('are all built by a stage of the Dockerfile', () => {
    const stages = [...dockerfile.matchAll(/ AS (\S+)$/gm)].map(([, stage]) => `lethe/${stage ?? ''}`)
    const images = [...new Set(ours.map(({ pod }) => textAt(pod, 'containers.0.image')))]
    expect(images.filter((image) => !stages.includes(image))).toEqual([])
  })
})
