import { at, isObject, objectsAt, textAt, textsAt, type Json, type JsonObject, type Manifest } from './manifests.js'

/** Labels of a pod. */
export type Labels = JsonObject

/**
 * Whether NetworkPolicies let a pod open a connection to another of the same namespace: allowed by one policy for
 * leaving and by one for entering, where any policy selects the pod in that direction, and freely where none does.
 */
export function mayReach(manifests: readonly Manifest[], from: Labels, to: Labels, port: number): boolean {
  const policies = manifests
    .filter(({ document }) => textAt(document, 'kind') === 'NetworkPolicy')
    .map(({ document }) => document)
  return (
    isOpen(policies, 'Egress', from, (spec) => allows(objectsAt(spec, 'egress'), 'to', to, port)) &&
    isOpen(policies, 'Ingress', to, (spec) => allows(objectsAt(spec, 'ingress'), 'from', from, port))
  )
}

function isOpen(
  policies: readonly JsonObject[],
  direction: string,
  pod: Labels,
  isAllowedBy: (spec: Json | undefined) => boolean,
): boolean {
  const specs = policies
    .map((policy) => at(policy, 'spec'))
    .filter((spec) => textsAt(spec, 'policyTypes').includes(direction) && selects(at(spec, 'podSelector'), pod))
  return specs.length === 0 || specs.some(isAllowedBy)
}

function allows(rules: readonly JsonObject[], peers: string, pod: Labels, port: number): boolean {
  return rules.some((rule) => {
    const ports = objectsAt(rule, 'ports').map((entry) => at(entry, 'port'))
    // Without peers, or without ports, a rule allows all of them.
    const meetsPeer = at(rule, peers) === undefined || objectsAt(rule, peers).some((peer) => isPeer(peer, pod))
    return meetsPeer && (at(rule, 'ports') === undefined || ports.includes(port))
  })
}

/** A peer with a namespaceSelector stands elsewhere, and one with an ipBlock could be anybody. */
function isPeer(peer: JsonObject, pod: Labels): boolean {
  if (peer['ipBlock'] !== undefined) return true
  return peer['namespaceSelector'] === undefined && selects(peer['podSelector'], pod)
}

function selects(selector: Json | undefined, pod: Labels): boolean {
  const wanted = at(selector, 'matchLabels')
  const meetsLabels = !isObject(wanted) || Object.entries(wanted).every(([key, value]) => pod[key] === value)
  return (
    meetsLabels &&
    objectsAt(selector, 'matchExpressions').every((expression) => {
      if (textAt(expression, 'operator') !== 'In')
        throw new Error('Only the operator In is understood here; extend mayReach.')
      return textsAt(expression, 'values').includes(textAt(pod, textAt(expression, 'key')))
    })
  )
}
