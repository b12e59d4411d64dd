/** Weights of a normalised Gaussian of σ pixels, cut at 3σ; odd length. */
function gaussian(sigma: number): Float32Array {
  const reach = Math.max(1, Math.ceil(3 * sigma))
  const weights = Float32Array.from({ length: 2 * reach + 1 }, (_, at) =>
    Math.exp(-((at - reach) ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** Blurs one picture of floats [height, width, channels] at `offset` in place, rows then columns; edges repeat. */
export function blur(
  pixels: Float32Array,
  offset: number,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
  sigma: number,
): void {
  const weights = gaussian(sigma)
  const row = width * channels
  const line = new Float32Array(Math.max(height, width))
  for (let channel = 0; channel < channels; channel++) {
    for (let y = 0; y < height; y++) blurLine(pixels, offset + y * row + channel, channels, width, weights, line)
    for (let x = 0; x < width; x++) blurLine(pixels, offset + x * channels + channel, row, height, weights, line)
  }
}

/** One line of `length` values that lie `stride` apart. */
function blurLine(
  pixels: Float32Array,
  from: number,
  stride: number,
  length: number,
  weights: Float32Array,
  line: Float32Array,
): void {
  const reach = weights.length >> 1
  for (let at = 0; at < length; at++) line[at] = pixels[from + at * stride] as number
  for (let at = 0; at < length; at++) {
    let sum = 0
    for (let tap = -reach; tap <= reach; tap++) {
      const source = Math.min(length - 1, Math.max(0, at + tap))
      sum += (weights[tap + reach] as number) * (line[source] as number)
    }
    pixels[from + at * stride] = sum
  }
}
