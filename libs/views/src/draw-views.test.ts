import { randomStream, selectImages, type PackedImages } from '@lethe/domain'
import { describe, expect, it } from 'vitest'
import { drawViews } from './draw-views.js'

const images = (count: number, side = 8): PackedImages => {
  const random = randomStream(5)
  const data = Uint8Array.from({ length: count * side * side * 3 }, () => Math.floor(256 * random()))
  return { data, count, height: side, width: side, channels: 3 }
}

const key = { seed: 3, epoch: 0, view: 0 }
const config = { strength: 0.5, flip: true, blur: 0 }

describe('drawViews', () => {
  it('draws a sample’s view from its index, the seed, the epoch and the view alone', () => {
    const three = images(3)
    const all = drawViews(three, config, key)
    const first = drawViews(selectImages(three, [0]), config, key)
    expect(all.subarray(0, first.length)).toEqual(first)
    expect(drawViews(three, config, key)).toEqual(all)
    for (const other of [
      { ...key, seed: 4 },
      { ...key, epoch: 1 },
      { ...key, view: 1 },
    ])
      expect(drawViews(three, config, other)).not.toEqual(all)
  })

  it('leaves the picture as it is at strength 0 without flips', () => {
    const two = images(2)
    const views = drawViews(two, { strength: 0, flip: false, blur: 0 }, key)
    views.forEach((value, index) => expect(value).toBeCloseTo((two.data[index] as number) / 255, 6))
  })

  it('mirrors about half of the pictures and nothing else when only flips are asked for', () => {
    const many = images(200, 4)
    const views = drawViews(many, { strength: 0, flip: true, blur: 0 }, key)
    let flipped = 0
    for (let n = 0; n < many.count; n++) {
      const [left, right] = [0, 9].map((offset) => (many.data[n * 48 + offset] as number) / 255) as [number, number]
      const shown = views[n * 48] as number
      expect(Math.min(Math.abs(shown - left), Math.abs(shown - right))).toBeLessThan(1e-6)
      if (Math.abs(shown - right) < 1e-6) flipped += 1
    }
    expect(flipped).toBeGreaterThan(70)
    expect(flipped).toBeLessThan(130)
  })

  it('stays within [0, 1], and moves further from the picture the stronger it is', () => {
    const many = images(100)
    const distance = (strength: number) => {
      const views = drawViews(many, { strength, flip: false, blur: 0 }, key)
      expect(views.every((value) => value >= 0 && value <= 1)).toBe(true)
      return views.reduce((sum, value, index) => sum + Math.abs(value - (many.data[index] as number) / 255), 0)
    }
    const [mild, middle, strong] = [distance(0.2), distance(0.5), distance(1)] as [number, number, number]
    expect(mild).toBeGreaterThan(0)
    expect(middle).toBeGreaterThan(mild)
    expect(strong).toBeGreaterThan(middle)
  })

  it('blurs every second view by σ that grows with the setting, keeps the mean, and draws nothing else differently', () => {
    const many = images(120, 16)
    const sharp = drawViews(many, { strength: 0.5, flip: true, blur: 0 }, key)
    const blurred = drawViews(many, { strength: 0.5, flip: true, blur: 2 }, key)
    const size = 16 * 16 * 3
    const roughness = (views: Float32Array, n: number) =>
      views.subarray(n * size, (n + 1) * size - 3).reduce((sum, value, k) => {
        const next = views[n * size + k + 3] as number
        return sum + Math.abs(value - next)
      }, 0)
    let changed = 0
    for (let n = 0; n < many.count; n++) {
      if (Math.abs(roughness(sharp, n) - roughness(blurred, n)) < 1e-9) continue
      changed += 1
      expect(roughness(blurred, n)).toBeLessThan(roughness(sharp, n))
    }
    expect(changed).toBeGreaterThan(40)
    expect(changed).toBeLessThan(80)
    const flat: PackedImages = { data: new Uint8Array(60 * 48).fill(200), count: 60, height: 4, width: 4, channels: 3 }
    for (const value of drawViews(flat, { strength: 0, flip: false, blur: 4 }, key))
      expect(value).toBeCloseTo(200 / 255, 5)
  })

  it('keeps grey pictures grey', () => {
    const grey: PackedImages = { data: new Uint8Array(40 * 48).fill(90), count: 40, height: 4, width: 4, channels: 3 }
    const views = drawViews(grey, { strength: 1, flip: true, blur: 0 }, key)
    for (let pixel = 0; pixel < views.length; pixel += 3) {
      expect(views[pixel + 1]).toBeCloseTo(views[pixel] as number, 5)
      expect(views[pixel + 2]).toBeCloseTo(views[pixel] as number, 5)
    }
  })
})
