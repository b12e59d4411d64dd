import { basename, join } from 'node:path'
import {
  folder,
  readManifests,
  textAt,
  titleOf,
  workloadsIn,
  type Json,
  type JsonObject,
  type Manifest,
} from './manifests.js'

const manifests = readManifests().filter(({ file }) => basename(file) !== 'kustomization.yaml')

/** Partial documents of the overlays. */
export const patches = manifests.filter(({ file }) => file.startsWith('overlays/'))
/** Base and components. */
export const whole = manifests.filter(({ file }) => !file.startsWith('overlays/'))
export const workloads = workloadsIn(whole)
/** What runs an image of this repository. */
export const ours = workloads.filter(({ pod }) => textAt(pod, 'containers.0.image').startsWith('lethe/'))
export const local = readManifests(join(folder, 'overlays/local'))[0]?.document

export const object = (value: Json | undefined): JsonObject => value as JsonObject

/** The documents with one of them changed by hand. */
export function changed(title: string, change: (document: JsonObject) => void): Manifest[] {
  if (!whole.some((manifest) => titleOf(manifest) === title)) throw new Error(`There is no ${title} to change.`)
  return whole.map((manifest) => {
    if (titleOf(manifest) !== title) return manifest
    const document = structuredClone(manifest.document)
    change(document)
    return { ...manifest, document }
  })
}
