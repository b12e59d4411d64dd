import { readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { cifarRecord, collect, openScratch, png, tarOf, type Scratch } from '../testing/pictures.js'
import { writeWebDataset } from '../write-web-dataset.js'
import { detectSource } from './detect-source.js'
import { openSource } from './open-source.js'

const parquet = readFileSync(new URL('../testing/pyarrow-zstd-v2.parquet', import.meta.url))
const records = (labels: readonly number[][]) => Buffer.concat(labels.map((label, i) => cifarRecord(label, i + 1)))

let scratch: Scratch
beforeEach(() => {
  scratch = openScratch()
})
afterEach(() => scratch.remove())

const open = async (name: string) => {
  const source = await openSource(path.join(scratch.root, name))
  return { source, ...(await collect(source)) }
}

describe('openSource', () => {
  it('tells every format by its content, whatever the file is called', async () => {
    scratch.write('pictures/1.png', await png(1))
    const files: [string, string, Uint8Array | string, number | null][] = [
      ['cifar-10', 'a', records([[0], [1], [9]]), 3],
      ['cifar-100', 'b', records([[0, 99], [19, 0]]), 2], // prettier-ignore
      ['parquet', 'c', parquet, 6],
      ['webdataset', 'd', await tarOf([['x.png', await png(1)]]), null],
      ['webdataset', 'e', gzipSync(await tarOf([['x.png', await png(1)]])), null],
      ['csv', 'f', 'file_name;caption\npictures/1.png;one\n', null],
      ['jsonl', 'g', '{"caption": "one", "image": "pictures/1.png"}\n', null],
    ]
    for (const [format, name, content, expected] of files) {
      scratch.write(name, content)
      const { source, samples } = await open(name)
      expect(source, name).toMatchObject({ format, expected })
      expect(samples.length, name).toBeGreaterThan(0)
    }
    expect((await open('pictures')).source.format).toBe('image-folder')
  })

  it('can be iterated again, from the beginning', async () => {
    scratch.write('a.bin', records([[0], [1]]))
    const source = await openSource(path.join(scratch.root, 'a.bin'))
    const [once, twice] = [await collect(source), await collect(source)]
    expect(twice).toEqual(once)
  })

  it('reads the batches of CIFAR-10 with their class names, and its test batch as held out', async () => {
    scratch.write('cifar/batches.meta.txt', 'airplane\nautomobile\nbird\n\n')
    scratch.write('cifar/data_batch_1.bin', records([[2]]))
    scratch.write('cifar/data_batch_2.bin', records([[0], [5]]))
    scratch.write('cifar/test_batch.bin', records([[1]]))
    scratch.write('cifar/readme.html', '<p>CIFAR</p>')
    const { source, samples } = await open('cifar')
    expect(source).toMatchObject({ format: 'cifar-10', expected: 4 })
    expect(samples.map(({ key, group, split }) => [key, group, split])).toEqual([
      ['data_batch_1/0', 'bird', 'train'],
      ['data_batch_2/0', 'airplane', 'train'],
      ['data_batch_2/1', '5', 'train'],
      ['test_batch/0', 'automobile', 'held-out'],
    ])
    expect((await collect(await openSource(path.join(scratch.root, 'cifar/test_batch.bin')))).samples[0]?.split).toBe(
      null,
    )
  })

  it('reads shards in the order of their names, with the split that they are named after', async () => {
    scratch.write('hub/data/train-00000-of-00002.parquet', parquet)
    scratch.write('hub/data/test-00000-of-00001.parquet', parquet)
    const { source, samples } = await open('hub')
    expect(source).toMatchObject({ format: 'parquet', expected: 12 })
    expect(samples.map(({ split }) => split)).toEqual([...Array(5).fill('held-out'), ...Array(5).fill('train')])
    const sample = { picture: await png(1), label: 'x', owner: 'ada', split: 'train' as const }
    scratch.write('shards/00000.tar', await writeWebDataset([{ ...sample, key: 'a' }]))
    scratch.write('shards/00001.tar.gz', gzipSync(await writeWebDataset([{ ...sample, key: 'b' }])))
    expect((await open('shards')).samples.map(({ key }) => key)).toEqual(['a', 'b'])
  })

  it('knows a CIFAR file that is cut off, and refuses it when its end is reached', async () => {
    const whole = records([[0], [1]])
    const file = scratch.write('data_batch_1.bin', whole.subarray(0, whole.length - 100))
    expect((await detectSource(file)).format).toBe('cifar-10')
    await expect(open('data_batch_1.bin')).rejects.toMatchObject({ code: 'CIFAR_TRUNCATED' })
  })

  it('lets a list name pictures below another folder, and nothing beyond that', async () => {
    scratch.write('pictures/1.png', await png(1))
    const file = scratch.write('lists/pairs.csv', 'image,text\npictures/1.png,one\n')
    const read = async (root?: string) => collect(await openSource(file, root === undefined ? {} : { root }))
    expect((await read()).faults).toEqual([{ key: 'pictures/1.png', reason: 'The picture is not there.' }])
    expect((await read(scratch.root)).samples).toHaveLength(1)
    symlinkSync('/', path.join(scratch.root, 'lists/pictures'))
    scratch.write('lists/pairs.csv', 'image\npictures/etc/hostname\n')
    await expect(read()).rejects.toMatchObject({ code: 'SOURCE_UNSAFE_PATH' })
  })

  it('says what is read when it meets something else', async () => {
    const supported = /CIFAR-10 .* WebDataset .* Parquet .* CSV/
    scratch.write('text.txt', 'hello\n')
    scratch.write('table.csv', 'a,b\n1,2\n')
    scratch.write('one.png', await png(1))
    scratch.write('empty', '')
    scratch.write('folder/notes.txt', 'hello')
    for (const name of ['text.txt', 'table.csv', 'one.png', 'empty', 'folder'])
      await expect(open(name), name).rejects.toMatchObject({
        code: 'SOURCE_UNKNOWN',
        message: expect.stringMatching(supported),
      })
    await expect(open('nowhere')).rejects.toMatchObject({ code: 'SOURCE_MISSING' })
    scratch.write('mixed/a.parquet', parquet)
    scratch.write('mixed/b.tar', await tarOf([['x.png', await png(1)]]))
    await expect(open('mixed')).rejects.toMatchObject({
      code: 'SOURCE_UNKNOWN',
      message: expect.stringContaining('webdataset and parquet; name one of them'),
    })
  })
})
