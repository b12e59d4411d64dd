import { mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, openScratch, png, type Scratch } from '../testing/pictures.js'
import { openFolder } from './open-folder.js'
import { readImageFolder } from './read-image-folder.js'

let scratch: Scratch
beforeEach(() => {
  scratch = openScratch()
})
afterEach(() => scratch.remove())

const read = async () => collect(readImageFolder(await openFolder(scratch.root)))

describe('readImageFolder', () => {
  it('takes the outermost folder for the class, in an order that depends on the names alone', async () => {
    for (const [i, name] of ['dog/b.png', 'cat/deep/er/a.jpg', 'cat/z.webp', 'dog/a.png', 'loose.png'].entries())
      scratch.write(name, await png(i + 1))
    const { samples, faults } = await read()
    expect(faults).toEqual([])
    expect(samples.map(({ key, group, split }) => [key, group, split])).toEqual([
      ['cat/deep/er/a.jpg', 'cat', null],
      ['cat/z.webp', 'cat', null],
      ['dog/a.png', 'dog', null],
      ['dog/b.png', 'dog', null],
      ['loose.png', null, null],
    ])
  })

  it('knows folders of splits when there are only such', async () => {
    scratch.write('train/cat/a.png', await png(1))
    scratch.write('test/dog/b.png', await png(2))
    expect((await read()).samples.map(({ group, split }) => [group, split])).toEqual([
      ['dog', 'held-out'],
      ['cat', 'train'],
    ])
    scratch.write('bird/c.png', await png(3))
    expect((await read()).samples.map(({ group, split }) => [group, split])).toEqual([
      ['bird', null],
      ['test', null],
      ['train', null],
    ])
  })

  it('takes caption, class, owner and split from metadata, and tells what it does not name', async () => {
    scratch.write('cat/a.png', await png(1))
    scratch.write('dog/b.png', await png(2))
    scratch.write('dog/forgotten.png', await png(3))
    scratch.write(
      'metadata.csv',
      'file_name,text,owner,split\ncat/a.png,"A cat, asleep",ada,train\ndog/b.png,A dog,bob,test\ngone.png,x,,\n',
    )
    const { samples, faults } = await read()
    expect(samples.map(({ key, caption, group, owner, split }) => [key, caption, group, owner, split])).toEqual([
      ['cat/a.png', 'A cat, asleep', 'cat', 'ada', 'train'],
      ['dog/b.png', 'A dog', 'dog', 'bob', 'held-out'],
    ])
    expect(faults).toEqual([
      { key: 'gone.png', reason: 'The picture is not there.' },
      { key: 'dog/forgotten.png', reason: 'metadata.csv does not name this file.' },
    ])
  })

  it('reads metadata.jsonl of each split', async () => {
    scratch.write('train/a.png', await png(1))
    scratch.write('train/metadata.jsonl', '{"file_name": "a.png", "label": 4, "text": "four"}\n')
    scratch.write('validation/b.png', await png(2))
    expect((await read()).samples.map(({ key, caption, group, split }) => [key, caption, group, split])).toEqual([
      ['a.png', 'four', '4', 'train'],
      ['validation/b.png', null, null, 'held-out'],
    ])
  })

  it('tells files that are no pictures without reading them, and reads no pipes or folders', async () => {
    scratch.write('a/empty.png', '')
    scratch.write('a/notes.txt', 'hello')
    scratch.write('a/huge.png', Buffer.alloc(20 * 2 ** 20 + 1))
    scratch.write('a/.hidden', 'x')
    symlinkSync(scratch.root, path.join(scratch.root, 'a/loop'))
    const { samples, faults } = await read()
    expect(samples).toEqual([])
    expect(faults).toEqual([
      { key: 'a/empty.png', reason: 'The file is not a PNG, JPEG or WebP picture.' },
      { key: 'a/huge.png', reason: 'The file has 20971521 bytes, more than are read.' },
      { key: 'a/loop', reason: 'The path is not that of a file.' },
      { key: 'a/notes.txt', reason: 'The file is not a PNG, JPEG or WebP picture.' },
    ])
  })

  it('refuses a link that leaves the folder, and follows one that does not', async () => {
    const outside = openScratch()
    try {
      const secret = outside.write('secret.png', await png(9))
      mkdirSync(path.join(scratch.root, 'a'))
      scratch.write('b/c.png', await png(1))
      symlinkSync('../b/c.png', path.join(scratch.root, 'a/inside.png'))
      expect((await read()).samples.map(({ key }) => key)).toEqual(['a/inside.png', 'b/c.png'])
      symlinkSync(secret, path.join(scratch.root, 'a/outside.png'))
      await expect(read()).rejects.toMatchObject({ code: 'SOURCE_UNSAFE_PATH' })
    } finally {
      outside.remove()
    }
  })
})
