import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { stream, taskConsumer } from '@lethe/bus'
import { RunKind } from '@lethe/domain'
import { serviceEnv, serviceNames, type PlatformFacts } from '@lethe/stack'
import { describe, expect, it } from 'vitest'
import { kustomizationProblems } from './kustomization-problems.js'
import {
  at,
  folder,
  objectsAt,
  readManifests,
  textAt,
  textsAt,
  titleOf,
  workloadsIn,
  type Json,
  type JsonObject,
  type Manifest,
} from './manifests.js'
import { mayReach } from './may-reach.js'
import { schemaProblems } from './schema-problems.js'
import { probeProblems, referenceProblems, securityProblems } from './workload-problems.js'

const manifests = readManifests().filter(({ file }) => basename(file) !== 'kustomization.yaml')
const patches = manifests.filter(({ file }) => file.startsWith('overlays/'))
const whole = manifests.filter(({ file }) => !file.startsWith('overlays/'))
const workloads = workloadsIn(whole)
const ours = workloads.filter(({ pod }) => textAt(pod, 'containers.0.image').startsWith('lethe/'))
const [local] = readManifests(join(folder, 'overlays/local')).map(({ document }) => document)

/** The documents with one of them changed by hand. */
function changed(title: string, change: (document: JsonObject) => void): Manifest[] {
  expect(whole.map(titleOf)).toContain(title)
  return whole.map((manifest) => {
    if (titleOf(manifest) !== title) return manifest
    const document = structuredClone(manifest.document)
    change(document)
    return { ...manifest, document }
  })
}

const object = (value: Json | undefined): JsonObject => value as JsonObject

describe('every document', () => {
  it('is one that Kubernetes and KEDA know, field by field', () => {
    expect(schemaProblems(whole)).toEqual([])
    expect(schemaProblems(patches, { partial: true })).toEqual([])
  })

  it('would be caught with a misspelt field, a wrong type, a missing field or an unknown kind', () => {
    const plantings: [string, (document: JsonObject) => void][] = [
      [
        'Deployment/gateway',
        (document) => (object(at(document, 'spec.template.spec.containers.0'))['readynessProbe'] = {}),
      ],
      ['NetworkPolicy/postgres', (document) => (object(at(document, 'spec.podSelector'))['matchLabel'] = {})],
      ['ScaledJob/compute-audit', (document) => (object(document['spec'])['polingInterval'] = 5)],
      ['StatefulSet/nats', (document) => (object(document['spec'])['replicas'] = 'three')],
      ['Deployment/portal', (document) => delete object(document['spec'])['selector']],
      ['Service/nats', (document) => (document['kind'] = 'Servise')],
    ]
    const planted = plantings.map(([title, change]) =>
      changed(title, change).find((manifest, index) => manifest !== whole[index]),
    )
    const problems = schemaProblems(planted.filter((manifest) => manifest !== undefined))
    for (const word of ['readynessProbe', 'matchLabel', 'polingInterval', 'replicas', 'selector', 'Servise']) {
      expect(problems.join('\n')).toContain(word)
    }
  })

  it('with a field set twice is not read at all', () => {
    const file = join(folder, 'base/gateway.yaml')
    const text = readFileSync(file, 'utf8').replace('  replicas: 2\n', '  replicas: 2\n  replicas: 3\n')
    const scratch = mkdtempSync(join(tmpdir(), 'lethe-k8s-'))
    writeFileSync(join(scratch, 'gateway.yaml'), text)
    expect(() => readManifests(scratch)).toThrow(/unique/)
    rmSync(scratch, { recursive: true })
  })
})

describe('the kustomizations', () => {
  /** Problems after one replacement in one file of a copy. */
  function problemsAfter(file: string, from: string, to: string): string[] {
    const scratch = mkdtempSync(join(tmpdir(), 'lethe-k8s-'))
    cpSync(folder, scratch, { recursive: true })
    const text = readFileSync(join(scratch, file), 'utf8')
    expect(text).toContain(from)
    writeFileSync(join(scratch, file), text.replace(from, to))
    const problems = kustomizationProblems(scratch)
    rmSync(scratch, { recursive: true })
    return problems
  }

  it('name files, targets, images and workloads that exist', () => {
    expect(kustomizationProblems(folder)).toEqual([])
  })

  it.each([
    ['a missing resource', 'base/kustomization.yaml', '- nats.yaml', '- nast.yaml', 'nast.yaml does not exist'],
    ['a forgotten resource', 'base/kustomization.yaml', '  - portal.yaml\n', '', 'portal.yaml is never applied'],
    [
      'a missing component',
      'overlays/prod/kustomization.yaml',
      'components/gpu',
      'components/tpu',
      'tpu does not exist',
    ],
    [
      'a missing patch',
      'overlays/prod/kustomization.yaml',
      'path: addresses.yaml',
      'path: adresses.yaml',
      'adresses.yaml does not exist',
    ],
    [
      'a patch without target',
      'components/keda/kustomization.yaml',
      '{ name: compute }',
      '{ name: worker }',
      'worker has no target',
    ],
    ['a pattern without target', 'components/gpu/kustomization.yaml', 'compute-(', 'worker-(', 'has no target'],
    [
      'a path that is not there',
      'components/gpu/kustomization.yaml',
      'containers/0/image',
      'containers/1/image',
      'finds no',
    ],
    [
      'an unused image',
      'overlays/prod/kustomization.yaml',
      'name: lethe/portal,',
      'name: lethe/portel,',
      'no image lethe/portel',
    ],
    [
      'replicas of nothing',
      'overlays/prod/kustomization.yaml',
      '{ name: nats, count',
      '{ name: nast, count',
      'nast has replicas',
    ],
    ['an unknown field', 'overlays/local/kustomization.yaml', 'replicas:', 'replica:', 'no field replica'],
    [
      'a missing file of a secret',
      'overlays/local/.gitignore',
      'log-signing-key.pem',
      'other.pem',
      'log-signing-key.pem does not exist',
    ],
  ])('are refused with %s', (_, file, from, to, problem) => {
    expect(problemsAfter(file, from, to).join('\n')).toContain(problem)
  })
})

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
    gatewaySecret: '',
    logSigningKeyFile: '',
    logPublicKey: '',
    bootstrapAdmin: { email: '', password: '' },
    tensorflow: { backend: 'auto', tfjsNodeDir: '', summary: '' },
    logLevel: '',
  }
  /** Set by the image, which knows what it was built with. */
  const ofImage = ['LETHE_BACKEND', 'LETHE_TFJS_NODE_DIR', 'TF_CPP_MIN_LOG_LEVEL']

  it.each(serviceNames)('%s is told in the cluster what it is told on one machine', (name) => {
    const workload = workloads.find(({ kind, labels }) => kind === 'Deployment' && labels['app'] === name)
    const told = objectsAt(workload?.pod, 'containers.0.env').map((variable) => textAt(variable, 'name'))
    const image = readFileSync(join(folder, 'Dockerfile'), 'utf8')
    for (const variable of ofImage) expect(image).toContain(`${variable}=`)
    const expected = Object.keys(serviceEnv(name, facts)).filter((variable) => !ofImage.includes(variable))
    expect(
      expected.filter(
        (variable) => !told.includes(variable) && !(name === 'portal' && ['HOST', 'LOG_LEVEL'].includes(variable)),
      ),
    ).toEqual([])
  })
})

describe('the network', () => {
  const postgres = { app: 'postgres' }
  const reachesPostgres = (from: readonly Manifest[], app: string) => mayReach(from, { app }, postgres, 5432)

  it('leads gateway, registrar and migrations to PostgreSQL, and nobody else', () => {
    const apps = [...new Set(workloads.map(({ labels }) => textAt(labels, 'app')))]
    expect(apps.filter((app) => reachesPostgres(whole, app)).sort()).toEqual(['gateway', 'migrate', 'registrar'])
    for (const { labels } of workloads.filter((workload) => workload.labels['app'] === 'compute')) {
      expect(mayReach(whole, labels, postgres, 5432)).toBe(false)
    }
  })

  it('would be seen open if both policies let compute through, or if there were none', () => {
    const widened = whole.map(({ file, document }) => {
      const text = JSON.stringify(document).replaceAll('"gateway","registrar","migrate"', '$&,"compute"')
      return { file, document: JSON.parse(text) as JsonObject }
    })
    expect(reachesPostgres(widened, 'compute')).toBe(true)
    const without = whole.filter(({ document }) => document['kind'] !== 'NetworkPolicy')
    expect(reachesPostgres(without, 'compute')).toBe(true)
  })

  it('leads every service to the bus, the portal to the gateway alone, and nobody to compute', () => {
    for (const app of ['gateway', 'registrar', 'compute', 'embedding']) {
      expect(mayReach(whole, { app }, { app: 'nats' }, 4222)).toBe(true)
    }
    expect(mayReach(whole, { app: 'portal' }, { app: 'gateway' }, 4000)).toBe(true)
    expect(mayReach(whole, { app: 'portal' }, { app: 'nats' }, 4222)).toBe(false)
    expect(mayReach(whole, { app: 'portal' }, postgres, 5432)).toBe(false)
    expect(mayReach(whole, { app: 'gateway' }, { app: 'compute' }, 8080)).toBe(false)
    expect(mayReach(whole, { app: 'compute' }, { app: 'nats' }, 8222)).toBe(false)
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

  it('take the kind of task they were started for', () => {
    for (const job of jobs) {
      const variables = objectsAt(job, 'spec.jobTargetRef.template.spec.containers.0.env')
      const kind = textAt(
        variables.find((variable) => variable['name'] === 'TASK_KINDS'),
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
