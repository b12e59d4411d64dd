import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'
import { root, textAt, titleOf, type JsonObject, type Manifest } from './manifests.js'

const require = createRequire(import.meta.url)

/**
 * What the API server would refuse, from the published schemas of Kubernetes and KEDA: wrong types, missing fields and
 * bad values by their validators, and fields that do not exist by their type definitions (the validators let those be).
 * `partial` documents are patches: they may leave out anything.
 */
export function schemaProblems(manifests: readonly Manifest[], { partial = false } = {}): string[] {
  const unknownKinds = manifests
    .filter((manifest) => !modelOf(manifest))
    .map((manifest) => `${titleOf(manifest)}: no such kind`)
  const known = manifests.filter((manifest) => modelOf(manifest))
  return [...unknownKinds, ...(partial ? [] : known.flatMap(valueProblems)), ...fieldProblems(known, partial)]
}

interface Model {
  readonly module: string
  readonly make: new (document: JsonObject) => { validate(): void }
}

function modelOf({ document }: Manifest): Model | undefined {
  const [version = '', group = ''] = textAt(document, 'apiVersion').split('/').reverse()
  const kind = textAt(document, 'kind')
  const library = group === 'keda.sh' ? '@kubernetes-models/keda' : 'kubernetes-models'
  const module = [library, group, version, kind].filter((part) => part !== '').join('/')
  try {
    const make = (require(module) as Record<string, Model['make'] | undefined>)[kind]
    return make ? { module, make } : undefined
  } catch {
    return undefined
  }
}

function valueProblems(manifest: Manifest): string[] {
  const model = modelOf(manifest)
  try {
    if (model) new model.make(manifest.document).validate()
    return []
  } catch (error) {
    return [`${titleOf(manifest)}: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** TypeScript refuses a field that a literal's type lacks, at any depth; each document becomes one literal. */
function fieldProblems(manifests: readonly Manifest[], partial: boolean): string[] {
  const virtual = join(root, 'test/k8s/documents.virtual.ts')
  const lines = manifests.map((manifest, index) => {
    const name = `I${textAt(manifest.document, 'kind')}`
    const type = `import('${modelOf(manifest)?.module ?? ''}').${name}`
    return `export const d${index}: ${partial ? `Part<${type}>` : type} = ${JSON.stringify(manifest.document)}`
  })
  const part =
    'type Part<T> = T extends (infer I)[] ? Part<I>[] : T extends object ? { [K in keyof T]?: Part<T[K]> } : T'
  const source = [...lines, part].join('\n')
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const readFromDisk = host.getSourceFile.bind(host)
  host.getSourceFile = (file, ...rest) =>
    file === virtual ? ts.createSourceFile(file, source, ts.ScriptTarget.ES2023) : readFromDisk(file, ...rest)
  const existsOnDisk = host.fileExists.bind(host)
  host.fileExists = (file) => file === virtual || existsOnDisk(file)
  const program = ts.createProgram([virtual], options, host)
  return program.getSemanticDiagnostics(program.getSourceFile(virtual)).map((diagnostic) => {
    const line = source.slice(0, diagnostic.start).split('\n').length - 1
    const manifest = manifests[line]
    return `${manifest ? titleOf(manifest) : 'documents'}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`
  })
}
