/** Draws from [0, 1). */
export type RandomStream = () => number

const mix = (hash: number, key: number): number => {
  let k = Math.imul(key | 0, 0xcc9e2d51)
  k = (k << 15) | (k >>> 17)
  let h = hash ^ Math.imul(k, 0x1b873593)
  h = (h << 13) | (h >>> 19)
  return (Math.imul(h, 5) + 0xe6546b64) | 0
}

const finish = (hash: number): number => {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

/**
 * The stream that belongs to these keys (seed, epoch, sample, …; each taken modulo 2³²). Equal keys give equal
 * streams on every machine, so nothing has to be remembered to replay one. sfc32 seeded through MurmurHash3.
 */
export function randomStream(...keys: readonly number[]): RandomStream {
  const words = [1, 2, 3].map((salt) => finish(keys.reduce(mix, salt) ^ keys.length))
  let a = words[0] as number
  let b = words[1] as number
  let c = words[2] as number
  let counter = 1
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let warmUp = 0; warmUp < 8; warmUp++) next()
  return next
}

/** A whole number below `bound`. */
export const randomIndex = (random: RandomStream, bound: number): number => Math.floor(random() * bound)

/** 0 … count−1 in random order (Fisher–Yates). */
export function shuffledIndices(count: number, random: RandomStream): Int32Array {
  const order = Int32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = randomIndex(random, last + 1)
    const held = order[last] as number
    order[last] = order[other] as number
    order[other] = held
  }
  return order
}
