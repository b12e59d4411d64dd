import { at, objectsAt, textAt, textsAt, type JsonObject, type Manifest, type Workload } from './manifests.js'

/** What the namespace's Pod Security level `restricted`, or a careful operator, would object to. */
export function securityProblems({ title, pod }: Workload): string[] {
  const wanted: [what: string, holds: boolean][] = [
    [
      'runs as a user that is not root',
      at(pod, 'securityContext.runAsNonRoot') === true && Number(at(pod, 'securityContext.runAsUser')) > 0,
    ],
    ['has the default seccomp profile', at(pod, 'securityContext.seccompProfile.type') === 'RuntimeDefault'],
    ['has no token of the cluster', at(pod, 'automountServiceAccountToken') === false],
    ['touches nothing of its host', ['hostNetwork', 'hostPID', 'hostIPC'].every((field) => pod[field] === undefined)],
    ['mounts nothing of its host', objectsAt(pod, 'volumes').every((volume) => volume['hostPath'] === undefined)],
    ...objectsAt(pod, 'containers').flatMap(containerWishes),
  ]
  return wanted.filter(([, holds]) => !holds).map(([what]) => `${title}: not so: ${what}`)
}

function containerWishes(container: JsonObject): [string, boolean][] {
  const image = textAt(container, 'image')
  return [
    ['cannot gain privileges', at(container, 'securityContext.allowPrivilegeEscalation') === false],
    ['has a read-only root', at(container, 'securityContext.readOnlyRootFilesystem') === true],
    ['drops all capabilities', textsAt(container, 'securityContext.capabilities.drop').includes('ALL')],
    [
      'asks for what it needs',
      at(container, 'resources.requests.cpu') !== undefined && at(container, 'resources.requests.memory') !== undefined,
    ],
    ['is bounded in memory', at(container, 'resources.limits.memory') !== undefined],
    ['names a version of its image', image.startsWith('lethe/') || (image.includes(':') && !image.endsWith(':latest'))],
  ]
}

/** Long-lived processes answer for themselves; one-off Jobs end. */
export function probeProblems({ title, kind, pod }: Workload): string[] {
  if (kind === 'Job') return []
  const probes =
    kind === 'ScaledJob' ? ['startupProbe', 'livenessProbe'] : ['startupProbe', 'livenessProbe', 'readinessProbe']
  const paths: Readonly<Record<string, string>> = {
    startupProbe: '/livez',
    livenessProbe: '/livez',
    readinessProbe: '/readyz',
  }
  return objectsAt(pod, 'containers')
    .filter((container) => textAt(container, 'image').startsWith('lethe/'))
    .flatMap((container) => {
      const ports = objectsAt(container, 'ports').map((port) => textAt(port, 'name'))
      return probes
        .filter((probe) => {
          const get = at(container, `${probe}.httpGet`)
          return textAt(get, 'path') !== paths[probe] || !ports.includes(textAt(get, 'port'))
        })
        .map((probe) => `${title}: ${probe} does not ask ${paths[probe] ?? ''} on a port of the container`)
    })
}

/** Secrets, config maps, services and budgets that name something nobody provides. */
export function referenceProblems(
  workloads: readonly Workload[],
  manifests: readonly Manifest[],
  secrets: ReadonlyMap<string, readonly string[]>,
): string[] {
  const configMaps = new Set(
    manifests
      .filter(({ document }) => document['kind'] === 'ConfigMap')
      .map(({ document }) => textAt(document, 'metadata.name')),
  )
  const ofWorkloads = workloads.flatMap(({ title, pod }) => [
    ...objectsAt(pod, 'containers')
      .flatMap((container) => objectsAt(container, 'env').map((variable) => at(variable, 'valueFrom.secretKeyRef')))
      .filter((reference) => reference !== undefined)
      .map((reference) => ({ name: textAt(reference, 'name'), key: textAt(reference, 'key') }))
      .filter(({ name, key }) => !secrets.get(name)?.includes(key))
      .map(({ name, key }) => `${title}: no secret ${name} with ${key}`),
    ...objectsAt(pod, 'volumes')
      .map((volume) => textAt(volume, 'secret.secretName'))
      .filter((name) => name !== '' && !secrets.has(name))
      .map((name) => `${title}: no secret ${name}`),
    ...objectsAt(pod, 'volumes')
      .map((volume) => textAt(volume, 'configMap.name'))
      .filter((name) => name !== '' && !configMaps.has(name))
      .map((name) => `${title}: no config map ${name}`),
  ])
  const selectors: Readonly<Record<string, string>> = {
    Service: 'spec.selector',
    PodDisruptionBudget: 'spec.selector.matchLabels',
  }
  const ofSelectors = manifests.flatMap(({ document }) => {
    const path = selectors[textAt(document, 'kind')]
    if (path === undefined) return []
    const wanted = Object.entries((at(document, path) ?? {}) as JsonObject)
    const found = workloads.some(({ labels }) => wanted.every(([key, value]) => labels[key] === value))
    return found ? [] : [`${textAt(document, 'kind')}/${textAt(document, 'metadata.name')}: selects no pod`]
  })
  return [...ofWorkloads, ...ofSelectors]
}
