import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { parse } from 'yaml'
import {
  at,
  isObject,
  objectsAt,
  parseManifests,
  readManifests,
  textAt,
  textsAt,
  titleOf,
  workloadsIn,
  type Json,
  type JsonObject,
  type Manifest,
} from './manifests.js'

const FIELDS = new Set(
  'apiVersion kind namespace labels resources components images replicas patches generatorOptions secretGenerator'.split(
    ' ',
  ),
)

interface Kustomization {
  readonly folder: string
  readonly fields: JsonObject
  readonly patches: readonly Patch[]
}

/** Either operations on whatever the target matches (JSON 6902), or partial documents that name their target themselves. */
interface Patch {
  readonly file: string
  readonly target: Json | undefined
  readonly operations: readonly JsonObject[]
  readonly partials: readonly Manifest[]
}

/** What would keep `kubectl apply -k` from working, or would silently do nothing. */
export function kustomizationProblems(folder: string): string[] {
  const manifests = readManifests(folder)
  const kustomizations = manifests
    .filter(({ file }) => basename(file) === 'kustomization.yaml')
    .map(({ file, document }) => readKustomization(join(folder, dirname(file)), document))
  const partialFiles = new Set(
    kustomizations.flatMap(({ folder: at, patches }) => patches.map(({ file }) => join(at, file))),
  )
  const whole = manifests.filter(
    ({ file }) => basename(file) !== 'kustomization.yaml' && !partialFiles.has(join(folder, file)),
  )
  const images = new Set([
    ...workloadsIn(whole).flatMap(({ pod }) =>
      objectsAt(pod, 'containers').map((container) => textAt(container, 'image')),
    ),
    ...kustomizations
      .flatMap(({ patches }) => patches.flatMap(({ operations }) => operations))
      .filter((operation) => textAt(operation, 'path').endsWith('/image'))
      .map((operation) => textAt(operation, 'value')),
  ])
  return kustomizations.flatMap((kustomization) =>
    [
      ...fieldProblems(kustomization),
      ...fileProblems(kustomization),
      ...kustomization.patches.flatMap((patch) => patchProblems(patch, whole)),
      ...nameProblems(kustomization, whole, images),
    ].map((problem) => `${relative(folder, kustomization.folder)}: ${problem}`),
  )
}

function readKustomization(folder: string, fields: JsonObject): Kustomization {
  const patches = objectsAt(fields, 'patches').map((patch) => {
    const file = textAt(patch, 'path')
    const missing = file !== '' && !existsSync(join(folder, file))
    const text = file === '' ? textAt(patch, 'patch') : missing ? '' : readFileSync(join(folder, file), 'utf8')
    const parsed = text.includes('---') ? null : (parse(text) as Json)
    const operations = Array.isArray(parsed) ? parsed.filter(isObject) : []
    return {
      file,
      target: at(patch, 'target'),
      operations,
      partials: operations.length > 0 ? [] : parseManifests(text, file),
    }
  })
  return { folder, fields, patches }
}

const fieldProblems = ({ fields }: Kustomization): string[] =>
  Object.keys(fields)
    .filter((field) => !FIELDS.has(field))
    .map((field) => `no field ${field}`)

/** A file that is made by hand before use, and kept out of the repository, stands in the folder's .gitignore. */
function fileProblems({ folder, fields, patches }: Kustomization): string[] {
  const ignore = join(folder, '.gitignore')
  const madeByHand = existsSync(ignore) ? readFileSync(ignore, 'utf8').split('\n') : []
  const generated = objectsAt(fields, 'secretGenerator')
    .flatMap((secret) => textsAt(secret, 'files'))
    .map((entry) => entry.split('=').at(-1) ?? '')
  const patchFiles = patches.map(({ file }) => file).filter((file) => file !== '')
  const listed = [...textsAt(fields, 'resources'), ...textsAt(fields, 'components'), ...patchFiles]
  const missing = [...listed, ...generated.filter((file) => !madeByHand.includes(file))].filter(
    (path) => !existsSync(join(folder, path, path.endsWith('.yaml') ? '' : 'kustomization.yaml')),
  )
  const unlisted = readdirSync(folder).filter(
    (file) => file.endsWith('.yaml') && file !== 'kustomization.yaml' && !listed.includes(file),
  )
  return [...missing.map((path) => `${path} does not exist`), ...unlisted.map((file) => `${file} is never applied`)]
}

function patchProblems({ target, operations, partials }: Patch, whole: readonly Manifest[]): string[] {
  const titles = new Set(whole.map(titleOf))
  const lost = partials.map(titleOf).filter((title) => !titles.has(title))
  if (operations.length === 0) return lost.map((title) => `a patch for ${title} has no target`)
  const pattern = new RegExp(`^${textAt(target, 'kind')}/(${textAt(target, 'name')})$`)
  const targets = whole.filter((manifest) => pattern.test(titleOf(manifest)))
  if (targets.length === 0) return [`a patch for ${pattern.source} has no target`]
  return operations.flatMap((operation) => operationProblems(operation, targets))
}

/** `replace` needs its path, `add` the parent of its path, in every target. */
function operationProblems(operation: JsonObject, targets: readonly Manifest[]): string[] {
  const path = textAt(operation, 'path')
  const keys = path.split('/').slice(1)
  const needed = textAt(operation, 'op') === 'add' ? keys.slice(0, -1) : keys
  return targets
    .filter(({ document }) => at(document, needed.join('.')) === undefined)
    .map((manifest) => `a patch finds no ${path} in ${titleOf(manifest)}`)
}

/** Images and replicas are set by name; a name that nothing bears changes nothing. */
function nameProblems({ fields }: Kustomization, whole: readonly Manifest[], images: ReadonlySet<string>): string[] {
  const scalable = new Set(
    whole
      .filter(({ document }) => at(document, 'spec.replicas') !== undefined)
      .map(({ document }) => textAt(document, 'metadata.name')),
  )
  const namesAt = (path: string) => objectsAt(fields, path).map((entry) => textAt(entry, 'name'))
  return [
    ...namesAt('images')
      .filter((name) => !images.has(name))
      .map((name) => `no image ${name}`),
    ...namesAt('replicas')
      .filter((name) => !scalable.has(name))
      .map((name) => `nothing named ${name} has replicas`),
  ]
}
