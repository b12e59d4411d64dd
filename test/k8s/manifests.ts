import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseAllDocuments } from 'yaml'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export interface JsonObject {
  [key: string]: Json
}

/** One YAML document under k8s/, as it is written. */
export interface Manifest {
  /** Relative to the folder that was read. */
  readonly file: string
  readonly document: JsonObject
}

export const root = join(import.meta.dirname, '../..')
export const folder = join(root, 'k8s')

export function readManifests(from = folder): Manifest[] {
  return readdirSync(from, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .flatMap((file) => parseManifests(readFileSync(join(from, file), 'utf8'), relative('.', file)))
}

/** @throws Error with the line, when it is not YAML or names a key twice. */
export function parseManifests(text: string, file: string): Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true })
    .filter((document) => document.contents !== null)
    .map((document) => {
      const [error] = document.errors
      if (error) throw new Error(`${file}: ${error.message}`)
      return { file, document: document.toJS() as JsonObject }
    })
}

/** What `path` leads to: `at(deployment, 'spec.template.spec')`; undefined where it leads nowhere. */
export const at = (value: Json | undefined, path: string): Json | undefined =>
  path.split('.').reduce<Json | undefined>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)]
    return typeof inner === 'object' && inner !== null ? inner[key] : undefined
  }, value)

export const objectsAt = (value: Json | undefined, path: string): JsonObject[] => {
  const found = at(value, path)
  return Array.isArray(found) ? found.filter(isObject) : []
}

export const textsAt = (value: Json | undefined, path: string): string[] => {
  const found = at(value, path)
  return Array.isArray(found) ? found.filter((item) => typeof item === 'string') : []
}

export const textAt = (value: Json | undefined, path: string): string => {
  const found = at(value, path)
  return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
}

export const titleOf = ({ document }: Manifest): string =>
  `${textAt(document, 'kind')}/${textAt(document, 'metadata.name')}`

/** Whatever runs pods, with the pod template it runs. */
export interface Workload {
  readonly title: string
  readonly kind: string
  readonly name: string
  readonly labels: JsonObject
  readonly pod: JsonObject
}

export function workloadsIn(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const { document } = manifest
    const template = at(document, 'spec.template') ?? at(document, 'spec.jobTargetRef.template')
    const pod = at(template, 'spec')
    if (!isObject(pod) || at(pod, 'containers.0.image') === undefined) return []
    const labels = at(template, 'metadata.labels')
    const [kind, name] = [textAt(document, 'kind'), textAt(document, 'metadata.name')]
    return [{ title: titleOf(manifest), kind, name, labels: isObject(labels) ? labels : {}, pod }]
  })
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
