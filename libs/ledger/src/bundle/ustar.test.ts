import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { readArchive } from '../../../../test/kit/bundle/read-archive.js'
import { writeUstar } from './ustar.js'

const files = [
  { path: 'VERIFY.txt', bytes: Buffer.from('how\n') },
  { path: 'empty', bytes: Buffer.alloc(0) },
  { path: 'audits/1/exactly-a-block.bin', bytes: Buffer.alloc(512, 7) },
  { path: `long/${'n'.repeat(95)}`, bytes: Buffer.alloc(513, 9) },
]

describe('an archive', () => {
  it('is read by a library that is not ours, entry by entry, as plain files of nobody and no time', async () => {
    const found = await readArchive(writeUstar(files))
    expect(found.map(({ header, bytes }) => ({ path: header.name, bytes }))).toEqual(files)
    for (const { header } of found)
      expect(header).toMatchObject({ type: 'file', mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), pax: null })
  })

  it('is unpacked by tar, every byte', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lethe-ustar-test-'))
    try {
      writeFileSync(path.join(folder, 'a.tar'), writeUstar(files))
      execFileSync('tar', ['xf', 'a.tar'], { cwd: folder })
      for (const { path: name, bytes } of files) {
        expect(readFileSync(path.join(folder, name)).equals(bytes)).toBe(true)
        expect(statSync(path.join(folder, name)).mtimeMs).toBe(0)
      }
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('of equal files has equal bytes, and of others not', () => {
    expect(Buffer.from(writeUstar(files)).equals(writeUstar(files))).toBe(true)
    expect(Buffer.from(writeUstar(files)).equals(writeUstar([...files].reverse()))).toBe(false)
  })

  it.each([
    ['../outside'],
    ['/absolute'],
    ['a//b'],
    ['a/./b'],
    ['.hidden'],
    ['-option'],
    ['back\\slash'],
    ['ünicode'],
    ['a/'],
    [''],
    ['n'.repeat(101)],
  ])('refuses the path %j, which not every tar would take as the same plain file', (name) => {
    const refusal = expect.objectContaining({ code: 'BUNDLE_PATH', field: name }) as Error
    expect(() => writeUstar([{ path: name, bytes: Buffer.alloc(1) }])).toThrow(refusal)
  })

  it('refuses two files of one path', () => {
    const file = { path: 'twice', bytes: Buffer.alloc(1) }
    expect(() => writeUstar([file, file])).toThrow(expect.objectContaining({ code: 'BUNDLE_PATH' }) as Error)
  })
})
