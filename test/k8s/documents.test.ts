import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { changed, object, patches, whole } from './cluster.js'
import { kustomizationProblems } from './kustomization-problems.js'
import { at, folder, readManifests, type JsonObject } from './manifests.js'
import { schemaProblems } from './schema-problems.js'

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
