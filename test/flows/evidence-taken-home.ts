import { openArtifactStore } from '@lethe/artifacts'
import { connectBus } from '@lethe/bus'
import { readEvidence, type DemoResult } from '@lethe/cli/demo'
import type { Digest } from '@lethe/domain'
import { parseTrustRoots, verifyEvidence } from '@lethe/verifier'
import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import type { digitScenario } from '../kit/digit-scenario.js'
import type { LetheCommand } from '../kit/lethe-command.js'
import type { TestPlatform } from '../kit/platform.js'

/** Guarantees about what a platform has on record after the route: it is kept, and verifies away from it. */
export function evidenceIsTakenHome(stage: {
  lethe: () => LetheCommand
  platform: () => TestPlatform
  demo: () => DemoResult
  scenario: ReturnType<typeof digitScenario>
  stateDir: string
}): void {
  const { lethe, platform, demo, scenario, stateDir } = stage

  it('answers about its evidence, and exports it, in a form that verifies as it was saved', async () => {
    const { as } = await platform().cast(scenario)
    const trust = await parseTrustRoots(await readFile(demo().summary.bundle.trust, 'utf8'))
    const faultsOf = async (text: string) => {
      const { report } = await verifyEvidence(Buffer.from(text), { trust, at: new Date() })
      return [report.exitCode, ...report.checks.flatMap(({ findings }) => findings)]
    }
    const query = `{ evidence(first: 100) { edges { node { seq kind body leafHash erasureRequestId
      inclusionProof { leafIndex treeSize hashes checkpoint { size root note } } } } } }`
    const answer = await as.auditor.send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    })
    const saved = await answer.text()
    expect(saved.match(/"inclusionProof"/g)?.length).toBeGreaterThan(10)
    expect(await faultsOf(saved)).toEqual([0])
    expect((await faultsOf(saved.replace('GDPR', 'CCPA').replace('Z\\"', 'z\\"')))[0]).toBe(4)
    const exported = async (reader: typeof as.auditor, filter = '') =>
      (await reader.send(`/v1/evidence/export${filter}`)).text()
    const whole = await exported(as.privacy_officer)
    expect(whole).not.toContain('"path":')
    for (const text of [whole, await exported(as.auditor), await exported(as.auditor, '?kind=audit-completed/v1')]) {
      expect(text.split('\n').length).toBeGreaterThan(2)
      expect(await faultsOf(text)).toEqual([0])
      // Negative control: the last entry left out.
      expect((await faultsOf(text.replace(/[^\n]+\n$/, '')))[0]).toBe(6)
    }
  })

  it('keeps every blob that its evidence names, and none that it has a receipt for', async () => {
    const fsck = async () => {
      process.env['LETHE_HOME'] = stateDir
      try {
        return await lethe().call(['ledger', 'fsck', '--artifacts', '--json'])
      } finally {
        delete process.env['LETHE_HOME']
      }
    }
    const sound = await fsck()
    const reports = JSON.parse(sound.stdout) as { blobs: number; findings: unknown[] }[]
    expect([sound.code, reports.flatMap(({ findings }) => findings)]).toEqual([0, []])
    expect(Math.max(...reports.map(({ blobs }) => blobs))).toBeGreaterThan(10)
    // Negative control: one blob that evidence names is taken away.
    const { as } = await platform().cast(scenario)
    const [audited] = (await readEvidence(as.auditor, demo().summary.request.id)).filter(
      ({ kind }) => kind === 'audit-completed/v1',
    )
    const { subject, predicate } = JSON.parse(audited?.body ?? '') as {
      subject: { name: string; digest: { sha256: Digest } }[]
      predicate: { recorded: { tenantId: string } }
    }
    const taken = subject.find(({ name }) => name.endsWith('/matrices'))?.digest.sha256 ?? ('' as Digest)
    const bus = await connectBus({
      url: platform().facts.natsUrls['registrar'] ?? '',
      name: 'thief',
      user: 'registrar',
    })
    try {
      const blobs = await openArtifactStore('nats', bus.nc)
      const bytes = await blobs.get(predicate.recorded.tenantId, taken)
      await blobs.delete(predicate.recorded.tenantId, taken)
      const robbed = await fsck()
      expect([robbed.code, robbed.stdout]).toEqual([4, expect.stringContaining('BLOB_MISSING')])
      expect(robbed.stdout).toContain(taken)
      await blobs.put(predicate.recorded.tenantId, bytes)
    } finally {
      await bus.close()
    }
    expect((await fsck()).code).toBe(0)
  })
}
