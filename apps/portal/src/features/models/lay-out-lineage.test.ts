import { expect, it } from 'vitest'
import { layOutLineage } from './lay-out-lineage'

const node = (id: string, parentId: string | null = null) => ({ id, parentId })

it('puts a chain on one row and each further child on its own', () => {
  const places = layOutLineage([node('1'), node('2', '1'), node('3', '1'), node('4', '2'), node('5')])
  expect(places.map(({ id, depth, row }) => `${id}@${depth},${row}`)).toEqual([
    '1@0,0',
    '2@1,0',
    '3@1,1',
    '4@2,0',
    '5@0,2',
  ])
})

it('never puts two on one place, takes unknown parents for roots and cuts cycles', () => {
  const nodes = [
    node('a', 'gone'),
    node('b', 'a'),
    node('c', 'd'),
    node('d', 'c'),
    node('e', 'a'),
    node('f', 'b'),
    node('g', 'b'),
  ]
  const places = layOutLineage(nodes)
  expect(places).toHaveLength(nodes.length)
  expect(new Set(places.map(({ depth, row }) => `${depth},${row}`)).size).toBe(nodes.length)
  expect(places[0]?.parentId).toBeNull()
})
