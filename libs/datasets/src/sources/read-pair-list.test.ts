import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { collect, openScratch, png, type Scratch } from '../testing/pictures.js'
import type { ColumnNames } from './describe-row.js'
import { openFolder } from './open-folder.js'
import { readPairList } from './read-pair-list.js'

let scratch: Scratch
beforeEach(async () => {
  scratch = openScratch()
  for (const seed of [1, 2, 3]) scratch.write(`images/${seed}.png`, await png(seed))
})
afterEach(() => scratch.remove())

async function read(name: string, content: string | Uint8Array, columns: ColumnNames = {}) {
  const file = scratch.write(name, content)
  const folder = await openFolder(scratch.root)
  const format = name.endsWith('.jsonl') ? 'jsonl' : 'csv'
  return collect(readPairList({ format, file, folder, columns }))
}

const brief = (samples: Awaited<ReturnType<typeof read>>['samples']) =>
  samples.map(({ key, caption, group, owner, split }) => [key, caption, group, owner, split])

describe('readPairList', () => {
  it('reads CSV with quotes, line breaks in fields, byte order mark, and any of three separators', async () => {
    const expected = [
      ['images/1.png', 'One, "the" first\nof all', 'a', 'ada', 'train'],
      ['images/2.png', 'Zwei – größer', null, null, null],
    ]
    for (const separator of [',', ';', '\t']) {
      const line = (...fields: string[]) => fields.join(separator) + '\r\n'
      const text =
        '\ufeff' +
        line('filepath', 'title', 'class', 'owner', 'split') +
        line('images/1.png', '"One, ""the"" first\nof all"', 'a', 'ada', 'train') +
        line('images/2.png', '"Zwei – größer"', '', '', '')
      expect(brief((await read('pairs.csv', text)).samples), separator).toEqual(expected)
    }
  })

  it('reads JSON Lines, numbers and lists of captions included', async () => {
    const { samples, faults } = await read(
      'pairs.jsonl',
      '{"image": "images/1.png", "caption": ["first", "second"], "label": 7}\n\n' +
        `{"image": ${JSON.stringify(path.join(scratch.root, 'images/2.png'))}, "text": "two"}`,
    )
    expect(faults).toEqual([])
    expect(brief(samples)).toEqual([
      ['images/1.png', 'first', '7', null, null],
      [path.join(scratch.root, 'images/2.png'), 'two', null, null, null],
    ])
  })

  it('takes the columns that it is told to, and refuses to guess a column that is not there', async () => {
    const text = 'a,b,image\nimages/3.png,three,nothing.png\n'
    expect(brief((await read('x.csv', text, { image: 'a', caption: 'b' })).samples)).toEqual([
      ['images/3.png', 'three', null, null, null],
    ])
    await expect(read('x.csv', text, { image: 'A' })).rejects.toMatchObject({
      code: 'SOURCE_COLUMNS',
      field: 'columns.image',
      message: 'There is no column "A"; there are a, b, image.',
    })
  })

  it('tells each line that cannot be used, with its number, and reads on', async () => {
    const text =
      'image,caption,split,owner\nimages/1.png,one,train\n,two,train,ada\nimages/9.png,x,train,a\n' +
      'images/2.png,x,moon,a\nhttps://example.org/a.png,x,train,a\nimages/3.png,three,train,' +
      `${'o'.repeat(257)}\nimages/3.png,${'long '.repeat(200)},train,ada\n`
    const { samples, faults } = await read('x.csv', text)
    expect(samples.map(({ key, caption }) => [key, caption?.length])).toEqual([['images/3.png', 512]])
    expect(faults).toEqual([
      { key: 'line 2', reason: 'The line has 3 fields, the first line 4.' },
      { key: 'line 3', reason: 'No picture is named; give its path in a column "image" or "file_name".' },
      { key: 'images/9.png', reason: 'The picture is not there.' },
      { key: 'images/2.png', reason: '"moon" is no split: use train, calibration, held-out, test or validation.' },
      { key: 'https://example.org/a.png', reason: 'The picture is on the web; download it and give its path.' },
      { key: 'images/3.png', reason: 'The owner is longer than 256 characters.' },
    ])
    const json = await read('y.jsonl', '{"image": "images/1.png"}\nnot json\n[1]\n{"image": "images/2.png"}\n')
    expect(json.samples).toHaveLength(2)
    expect(json.faults.map(({ key }) => key)).toEqual(['line 2', 'line 3'])
  })

  it('refuses a list of which the lines cannot be told any more, naming the line', async () => {
    const head = 'image,caption\nimages/1.png,one\n'
    const cases: [string, string | Uint8Array, RegExp][] = [
      [
        'a.csv',
        head + 'images/2.png,"two\nimages/3.png,three\n',
        /line \d: a quotation mark is opened and never closed/,
      ],
      ['b.csv', head + 'images/2.png,"two"x\n', /line 3: text follows a closing quotation mark/],
      ['c.csv', head + 'images/2.png,tw"o\n', /line 3: a quotation mark stands inside/],
      ['d.csv', head + `images/2.png,"${'x'.repeat(2 ** 20)}"\n`, /longer than 1048576/],
      ['e.csv', '', /is empty/],
      ['f.csv', Buffer.concat([Buffer.from(head), Buffer.from([0x69, 0xff, 0xfe, 0x0a])]), /not UTF-8/],
      ['g.jsonl', `{"image": "images/1.png", "caption": "${'x'.repeat(2 ** 21)}"}`, /Line 1 .* is longer/],
    ]
    for (const [name, content, message] of cases)
      await expect(read(name, content), name).rejects.toMatchObject({
        code: 'LIST_UNREADABLE',
        message: expect.stringMatching(message),
      })
  })

  it('refuses a path that leaves the folder, however it is written', async () => {
    for (const name of ['../x.png', 'images/../../x.png', '/etc/hostname', '..'])
      await expect(read('x.csv', `image\n${name}\n`), name).rejects.toMatchObject({ code: 'SOURCE_UNSAFE_PATH' })
    // A name that merely begins with two dots stays inside.
    scratch.write('..x.png', await png(4))
    expect((await read('x.csv', 'image\n..x.png\n')).samples).toHaveLength(1)
  })
})
