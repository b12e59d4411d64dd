import { generateKeyPairSync } from 'node:crypto'
import { parseTrustRoots, verifyEvidence } from '@lethe/verifier'
import {
  appendLeaves,
  canonicalJson,
  cosign,
  emptyFrontier,
  encodeVerifier,
  integrate,
  MerkleTree,
  signerFromPrivateKey,
  statementLeafHash,
  witnessFromPrivateKey,
} from '@lethe/ledger'
import { describe, expect, it } from 'vitest'
import { bodiesOf, smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import { smallCase } from '../kit/bundle/small-case.js'
import { findingsOf, READ_AT } from './rework.js'

const bodies = bodiesOf(smallCase([]))
const leaves = bodies.map(statementLeafHash)
const tree = new MerkleTree(leaves)
const note = integrate(appendLeaves(emptyFrontier, []), leaves, smallSigner).checkpoint
const ownTrust = smallBundle([]).trust
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const kindOf = (body: string): string =>
  (JSON.parse(body) as { predicateType: string }).predicateType.replace('https://lethe.dev/evidence/', '')
const pathTo = (index: number): string[] => tree.inclusionProof(index).map(base64)

interface Node {
  seq: number
  kind: string
  body: string
  leafHash: string
  inclusionProof: {
    leafIndex: number
    treeSize: number
    hashes: string[]
    checkpoint: { size: number; root: string; note: string }
  } | null
}

/** As the API answers `evidence { edges { node { … } } }`. */
const nodeOf = (index: number): Node => ({
  seq: index + 1,
  kind: kindOf(bodies[index] ?? ''),
  body: bodies[index] ?? '',
  leafHash: base64(leaves[index] ?? Buffer.alloc(0)),
  inclusionProof: {
    leafIndex: index,
    treeSize: tree.size,
    hashes: pathTo(index),
    checkpoint: { size: tree.size, root: base64(tree.root()), note },
  },
})
const answerOf = (...nodes: unknown[]) => ({ data: { evidence: { edges: nodes.map((node) => ({ node })) } } })

const manifest = {
  format: 'lethe-evidence-export/v1',
  origin: smallSigner.name,
  treeSize: tree.size,
  checkpoint: note,
  filter: {} as Record<string, string>,
  entries: tree.size,
}
const whole = bodies.map((body, index) => ({ seq: index + 1, kind: kindOf(body), body }))
const chosen = [1, 3].map((index) => ({ ...(whole[index] ?? { seq: 0, kind: '', body: '' }), path: pathTo(index) }))
const chosenManifest = { ...manifest, filter: { kind: 'clock-changed/v1' }, entries: chosen.length }
const linesOf = (...lines: readonly object[]) => lines.map((line) => `${canonicalJson({ ...line })}\n`).join('')

async function judge(text: string, trust = ownTrust, at = READ_AT) {
  const { report, contents } = await verifyEvidence(Buffer.from(text), { trust: await parseTrustRoots(trust), at })
  expect(contents).toBeNull()
  return report
}
const faultsOf = async (text: string, trust?: string) => {
  const report = await judge(text, trust)
  return [report.exitCode, ...findingsOf(report).map(({ code, where }) => `${code} ${where}`)]
}

describe('a saved answer of the API', () => {
  it('verifies offline, as it came and laid out anew, whatever else it holds', async () => {
    const answer = answerOf(nodeOf(0), nodeOf(5))
    for (const text of [
      JSON.stringify(answer),
      JSON.stringify({ ...answer, extensions: { cost: 3 } }, null, 2),
      ` [${JSON.stringify(nodeOf(2))}]`,
    ]) {
      const report = await judge(text)
      expect([report.exitCode, findingsOf(report)]).toEqual([0, []])
    }
    const report = await judge(JSON.stringify(answer))
    expect(report.checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['answer', 'verified'],
      ['entries', 'verified'],
      ['inclusion', 'verified'],
      ['checkpoint', 'verified'],
      ['witnesses', 'skipped'],
      ['times', 'verified'],
    ])
    expect(report.checks[1]?.sentence).toContain(`1 ${nodeOf(0).kind}, 6 ${nodeOf(5).kind}`)
    expect(report.limits).toContain('selection')
  })

  it('asks for no more than body, leafIndex, treeSize, hashes and note', async () => {
    const { body, inclusionProof: proof } = nodeOf(4)
    const asked = { body, inclusionProof: { ...proof, checkpoint: { note } } }
    expect((await judge(JSON.stringify({ data: { evidenceEntry: asked } }))).exitCode).toBe(0)
  })

  it.each<[string, (node: Node) => unknown, string]>([
    [
      'a body',
      (node) => ({ ...node, body: node.body.replace('GDPR', 'CCPA').replace('"recorded"', '"recordeD"') }),
      'STATEMENT_MALFORMED',
    ],
    ['another statement', (node) => ({ ...node, body: bodies[3] }), 'ROOT_MISMATCH'],
    ['a leaf hash', (node) => ({ ...node, leafHash: base64(Buffer.alloc(32)) }), 'LEAF_MISMATCH'],
    ['a kind', (node) => ({ ...node, kind: 'run-ended/v1' }), 'STATEMENT_MISPLACED'],
    ['a number', (node) => ({ ...node, seq: 9 }), 'STATEMENT_MISPLACED'],
    [
      'the request',
      (node) => ({ ...node, erasureRequestId: '00000000-0000-7000-8000-000000000000' }),
      'STATEMENT_MISPLACED',
    ],
    ['the place', (node) => changed(node, { leafIndex: 1 }), 'STATEMENT_MISPLACED'],
    ['the size', (node) => changed(node, { treeSize: tree.size - 1 }), 'CHECKPOINT_MISMATCH'],
    ['a hash', (node) => changed(node, { hashes: pathTo(1) }), 'ROOT_MISMATCH'],
    ['a hash that is none', (node) => changed(node, { hashes: ['?'] }), 'ENTRY_MALFORMED'],
    ['a body that is gone', ({ body: _, ...node }) => node, 'ENTRY_MALFORMED'],
    ['the proof', (node) => ({ ...node, inclusionProof: { leafIndex: 'x' } }), 'ENTRY_MALFORMED'],
    ['the root', (node) => head(node, { root: base64(Buffer.alloc(32)) }), 'CHECKPOINT_MISMATCH'],
    [
      'the note',
      (node) => head(node, { note: note.replace(`\n${tree.size}\n`, `\n${tree.size + 1}\n`) }),
      'SIGNATURE_INVALID',
    ],
    ['the note away', (node) => head(node, { note: 'nothing' }), 'CHECKPOINT_MALFORMED'],
  ])('names the entry where somebody changed %s', async (_, change, code) => {
    const faults = await faultsOf(JSON.stringify(answerOf(nodeOf(0), change(nodeOf(2)))))
    expect(faults[0]).toBe(4)
    expect(faults.slice(1)).toContainEqual(expect.stringMatching(`^${code} data.evidence.edges\\[1\\].node`))
    expect(faults.slice(1).filter((fault) => String(fault).includes('edges[0]'))).toEqual([])
  })

  it('is incomplete without proofs or without entries, and refused where it is no answer', async () => {
    const where = 'data.evidence.edges[0].node'
    expect(await faultsOf(JSON.stringify(answerOf({ ...nodeOf(0), inclusionProof: null })))).toEqual([
      6,
      `PROOF_NOT_ASKED ${where}`,
    ])
    expect(await faultsOf('{"data":{"evidence":null}}')).toEqual([6, 'ENTRIES_ABSENT answer'])
    for (const text of ['{"data":', '{}{}', `${'['.repeat(70)}${']'.repeat(70)}`])
      expect(await judge(text)).toMatchObject({ exitCode: 4, refusal: { code: 'ANSWER_MALFORMED' } })
  })

  it('is believed under the reader’s keys only, and must be cosigned by the reader’s witnesses', async () => {
    const text = JSON.stringify(answerOf(nodeOf(0)))
    const stranger = signerFromPrivateKey(smallSigner.name, generateKeyPairSync('ed25519').privateKey)
    expect((await faultsOf(text, `log ${encodeVerifier(stranger)}\n`))[1]).toMatch(/^KEY_UNTRUSTED/)
    const witness = witnessFromPrivateKey('witness.test/w', generateKeyPairSync('ed25519').privateKey)
    const trust = `${ownTrust}witness ${encodeVerifier(witness)}\n`
    const cosigned = head(nodeOf(0), { note: cosign(note, witness, new Date('2026-03-11')) })
    expect(await faultsOf(JSON.stringify(answerOf(cosigned)), trust)).toEqual([0])
    expect(await faultsOf(text, trust)).toEqual([6, expect.stringMatching(/^WITNESS_ABSENT data/)])
  })

  it('is not believed where it is dated in the future of its reader', async () => {
    const report = await judge(JSON.stringify(answerOf(nodeOf(0))), ownTrust, new Date('2026-01-01'))
    expect([report.exitCode, findingsOf(report).map(({ code }) => code)]).toEqual([4, ['TIME_IN_FUTURE']])
  })
})

const changed = (node: Node, proof: object) => ({ ...node, inclusionProof: { ...node.inclusionProof, ...proof } })
const head = (node: Node, checkpoint: object) =>
  changed(node, { checkpoint: { ...node.inclusionProof?.checkpoint, ...checkpoint } })

describe('an export', () => {
  it('verifies offline: the whole log by its root, a selection by the proof of each', async () => {
    const all = await judge(linesOf(manifest, ...whole))
    expect([all.exitCode, findingsOf(all)]).toEqual([0, []])
    expect(all.limits).not.toContain('selection')
    expect(all.checks[0]?.sentence).toContain('every one that the log has')
    const some = await judge(linesOf(chosenManifest, ...chosen))
    expect([some.exitCode, findingsOf(some)]).toEqual([0, []])
    expect(some.limits).toContain('selection')
    expect((await judge(linesOf({ ...chosenManifest, entries: 0 }))).exitCode).toBe(0)
    // What an auditor may see is a selection without a filter.
    const seen = await judge(linesOf({ ...manifest, entries: chosen.length }, ...chosen))
    expect([seen.exitCode, seen.limits.includes('selection')]).toEqual([0, true])
  })

  it.each<[string, string, string[]]>([
    [
      'an entry left out',
      linesOf(manifest, ...whole.filter(({ seq }) => seq !== 3)),
      ['EXPORT_DISORDERED line 4', `EXPORT_CUT line ${tree.size}`],
    ],
    ['the last entry left out', linesOf(manifest, ...whole.slice(0, -1)), [`EXPORT_CUT line ${tree.size}`]],
    [
      'the last entry left out, and counted so',
      linesOf({ ...manifest, entries: tree.size - 1 }, ...whole.slice(0, -1)),
      [`EXPORT_CUT line ${tree.size}`],
    ],
    [
      'an entry twice',
      linesOf(manifest, ...whole, whole[0] ?? {}),
      [`EXPORT_DISORDERED line ${tree.size + 2}`, `EXPORT_DISORDERED line ${tree.size + 2}`],
    ],
    [
      'an entry exchanged',
      linesOf(
        manifest,
        ...whole.map((line) =>
          line.seq === 2 ? { ...line, body: bodies[3] ?? '', kind: kindOf(bodies[3] ?? '') } : line,
        ),
      ),
      ['TREE_MISMATCH line 1'],
    ],
    [
      'a line that is none',
      `${linesOf(manifest, ...whole.slice(0, -1))}{"seq":1`,
      [`ENTRY_MALFORMED line ${tree.size + 1}`],
    ],
    ['another head', linesOf({ ...manifest, origin: 'other.test/log/x' }, ...whole), ['CHECKPOINT_MISMATCH line 1']],
    [
      'another proof',
      linesOf(chosenManifest, { ...chosen[0], path: pathTo(2) }, chosen[1] ?? {}),
      ['ROOT_MISMATCH line 2'],
    ],
    ['a proof left out', linesOf(chosenManifest, whole[1] ?? {}, chosen[1] ?? {}), ['ENTRY_MALFORMED line 2']],
    ['a chosen entry left out', linesOf(chosenManifest, chosen[1] ?? {}), ['EXPORT_CUT line 2']],
  ])('names what is wrong with %s', async (_, text, faults) => {
    const [exitCode, ...found] = await faultsOf(text)
    expect(exitCode).not.toBe(0)
    expect(found).toEqual(faults)
  })

  it('notices every byte that is changed', async () => {
    const bytes = Buffer.from(linesOf(manifest, ...whole.slice(0)))
    const trust = await parseTrustRoots(ownTrust)
    expect((await verifyEvidence(bytes, { trust, at: READ_AT })).report.exitCode).toBe(0)
    for (let at = 7; at < bytes.length; at += 397) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      const { report } = await verifyEvidence(flipped, { trust, at: READ_AT })
      expect([at, report.exitCode]).not.toEqual([at, 0])
    }
  })

  it('refuses a manifest that is none, and formats that it does not know', async () => {
    const newer = linesOf({ ...manifest, format: 'lethe-evidence-export/v2' }, ...whole)
    expect(await judge(newer)).toMatchObject({ exitCode: 4, refusal: { code: 'FORMAT_UNKNOWN' } })
    const more = linesOf({ ...manifest, note: 1 }, ...whole)
    expect(await judge(more)).toMatchObject({ exitCode: 4, refusal: { code: 'MANIFEST_MALFORMED' } })
  })
})

it('takes a bundle for a bundle', async () => {
  const { bytes, trust } = smallBundle([])
  const { report, contents } = await verifyEvidence(bytes, { trust: await parseTrustRoots(trust), at: READ_AT })
  expect([report.checks[0]?.id, contents?.number]).toEqual(['archive', 1])
})
