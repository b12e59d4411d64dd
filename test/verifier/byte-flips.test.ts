import { beforeAll, describe, expect, it } from 'vitest'
import { smallAudit } from '../kit/bundle/small-audit.js'
import { smallBundle } from '../kit/bundle/small-bundle.js'
import { type Files, findingsOf, packed, sealed, unpacked, verified } from './rework.js'

let files: Files
let archive: Uint8Array
let inner: Files
beforeAll(async () => {
  const audits = [await smallAudit('retrained')]
  files = await unpacked(audits)
  archive = smallBundle(audits).bytes
  inner = new Map([...files].filter(([path]) => !path.startsWith('manifest.')))
})

const flipped = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] as number) ^ 1
  return copy
}
const places = (report: Awaited<ReturnType<typeof verified>>) => [
  ...findingsOf(report).map(({ where }) => where),
  report.refusal?.where,
]

it('accepts the bundle as it was made', async () => {
  expect(await verified(archive)).toMatchObject({ exitCode: 0, outcome: 'verified' })
  expect(await verified(packed(files))).toMatchObject({ exitCode: 0 })
})

describe('whatever file is changed', () => {
  it('a flipped byte is named; of what all else hangs on also the first and the last', async () => {
    for (const [path, bytes] of files)
      for (const at of /^(manifest|log)/.test(path) ? [0, bytes.length >> 1, bytes.length - 1] : [bytes.length >> 1]) {
        const report = await verified(packed(new Map([...files, [path, flipped(bytes, at)]])))
        expect([path, at, report.exitCode]).toEqual([path, at, 4])
        expect(places(report).some((where) => where?.startsWith(path))).toBe(true)
      }
  }, 240_000)

  it('its absence is named, even when the rest is sealed anew by the platform', async () => {
    for (const path of files.keys()) {
      const rest = new Map([...files].filter(([other]) => other !== path))
      expect([path, (await verified(packed(rest))).exitCode]).toEqual([path, 4])
      if (path.startsWith('manifest.') || path.endsWith('.html')) continue
      const report = await verified(packed(sealed(rest)))
      expect([path, report.exitCode === 4 || report.exitCode === 6]).toEqual([path, true])
    }
  }, 240_000)

  it('its swap with a neighbour is named', async () => {
    const paths = [...inner.keys()]
    for (const [index, path] of paths.entries()) {
      const other = paths[(index + 1) % paths.length] as string
      const swapped = new Map([...files, [path, inner.get(other)], [other, inner.get(path)]] as [string, Buffer][])
      const report = await verified(packed(swapped))
      expect([path, report.exitCode]).toEqual([path, 4])
      expect(places(report)).toEqual(expect.arrayContaining([path, other]))
    }
  }, 240_000)
})

it('a byte anywhere in the archive that is none of a file’s own is missed neither', async () => {
  // Headers and padding: what lies between the files.
  let offset = 0
  for (const [path, bytes] of files) {
    for (const at of [offset, offset + 100, offset + 136, offset + 150, offset + 156, offset + 257, offset + 400])
      expect([path, (await verified(flipped(archive, at))).exitCode]).toEqual([path, 4])
    if (bytes.length % 512 !== 0) {
      const report = await verified(flipped(archive, offset + 512 + bytes.length))
      expect(report.refusal).toMatchObject({ code: 'ARCHIVE_NOT_CANONICAL', where: expect.stringContaining(path) })
    }
    offset += 512 + Math.ceil(bytes.length / 512) * 512
  }
  expect((await verified(flipped(archive, offset + 3))).refusal?.code).toMatch(/^ARCHIVE_/)
})

it('cut off anywhere, or grown, it is refused in a typed way', async () => {
  for (const length of [
    0,
    1,
    511,
    512,
    513,
    1024,
    5000,
    archive.length - 1024,
    archive.length - 512,
    archive.length - 1,
  ])
    expect((await verified(archive.subarray(0, length))).refusal?.code).toMatch(/^(ARCHIVE|MANIFEST)_/)
  for (const more of [1, 512, 10_240])
    expect((await verified(Buffer.concat([archive, Buffer.alloc(more)]))).refusal?.code).toBe('ARCHIVE_TRAILING')
})
