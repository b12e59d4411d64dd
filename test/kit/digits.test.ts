import { ingestWebDataset, readPack } from '@lethe/datasets'
import { expect, it } from 'vitest'
import { digitCount, digitDataset } from './digits.js'

it('the fixture holds 1,797 handwritten digits, which reach a pack with their labels and owners', async () => {
  expect(digitCount).toBe(1797)
  const { tar, samples } = await digitDataset([
    { owner: 'ada', split: 'train', count: 40 },
    { owner: 'bob', split: 'train', count: 60 },
    { owner: 'nobody', split: 'held-out', count: 100 },
  ])
  const dataset = await ingestWebDataset(tar, { imageSize: 16 })
  expect(dataset).toMatchObject({ quarantinedCount: 0, exactDuplicates: 0 })
  expect(dataset.samples.filter(({ owner }) => owner === 'ada')).toHaveLength(40)
  expect(readPack(dataset.pack).samples.map(({ label }) => label)).toEqual(samples.map(({ label }) => label))
  expect(new Set(dataset.samples.map(({ group }) => group)).size).toBe(10)
  expect(Buffer.from((await digitDataset([{ owner: 'a', split: 'train', count: 9 }], 5)).tar)).toEqual(
    Buffer.from((await digitDataset([{ owner: 'a', split: 'train', count: 9 }], 5)).tar),
  )
})
