import { describe, expect, it } from 'vitest'
import { cifarRecord, collect, noise, pieces } from '../testing/pictures.js'
import { cifarRecordBytes, readCifar } from './read-cifar.js'

const cifar10 = Buffer.concat([cifarRecord([3], 1), cifarRecord([9], 2), cifarRecord([0], 3)])

describe('readCifar', () => {
  it('gives each record its class and its very planes, however the chunks fall', async () => {
    for (const largest of [17, 3073, 20_000]) {
      const options = { kind: 'cifar-10', name: 'data_batch_1', classes: ['airplane', 'automobile'] } as const
      const { samples, faults } = await collect(readCifar(pieces(cifar10, largest), options))
      expect(faults).toEqual([])
      expect(samples.map(({ key, group }) => [key, group])).toEqual([
        ['data_batch_1/0', '3'],
        ['data_batch_1/1', '9'],
        ['data_batch_1/2', 'airplane'],
      ])
      expect(samples.map(({ picture }) => 'planes' in picture && Buffer.from(picture.planes))).toEqual(
        [1, 2, 3].map((seed) => Buffer.from(noise(seed, 32))),
      )
    }
  })

  it('reads the fine label of CIFAR-100, which stands behind the coarse one', async () => {
    const bytes = Buffer.concat([cifarRecord([19, 99], 1), cifarRecord([0, 7], 2)])
    expect(bytes.length).toBe(2 * 3074)
    const { samples } = await collect(readCifar(pieces(bytes), { kind: 'cifar-100', name: 'train', split: 'train' }))
    expect(samples.map(({ group, split }) => [group, split])).toEqual([
      ['99', 'train'],
      ['7', 'train'],
    ])
  })

  it('tells records with a label that does not exist, and reads on', async () => {
    const bytes = Buffer.concat([cifarRecord([10], 1), cifarRecord([1], 2)])
    const { samples, faults } = await collect(readCifar(pieces(bytes), { kind: 'cifar-10', name: 'b' }))
    expect(samples.map(({ key }) => key)).toEqual(['b/1'])
    expect(faults).toEqual([{ key: 'b/0', reason: 'The labels 10 are none of cifar-10.' }])
  })

  it('refuses a file that ends within a record, after all whole ones', async () => {
    let seen = 0
    const read = async () => {
      const cut = pieces(cifar10.subarray(0, cifar10.length - 1))
      for await (const item of readCifar(cut, { kind: 'cifar-10', name: 'b' })) seen += 'picture' in item ? 1 : 0
    }
    await expect(read()).rejects.toMatchObject({
      code: 'CIFAR_TRUNCATED',
      message: expect.stringContaining('record 2'),
    })
    expect(seen).toBe(2)
    expect(cifarRecordBytes('cifar-10')).toBe(3073)
  })
})
