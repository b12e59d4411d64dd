import type { RandomStream, ViewConfig } from '@lethe/domain'

/** Everything random about one view. Crop in pixels of the picture; factors multiply. */
export interface ViewParameters {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  readonly flipped: boolean
  /** Null where colours stay as they are. */
  readonly jitter: {
    readonly brightness: number
    readonly contrast: number
    readonly saturation: number
    readonly hue: number
  } | null
  readonly greyscale: boolean
  /** σ of a Gaussian blur in pixels; 0 where there is none. */
  readonly blurSigma: number
}

const between = (random: RandomStream, low: number, high: number) => low + (high - low) * random()

/**
 * SimCLR's view (arXiv 2002.05709, appendix A, as used on CIFAR) scaled by `strength`: at 1 the crop covers 10 to 100 % of the
 * area at an aspect of 3:4 to 4:3, colours are jittered by (0.4, 0.4, 0.4, 0.1) with probability 0.8 and removed with
 * probability 0.2; at 0 the picture stays as it is. Every second view is blurred by a σ of 0.1 to 1 times `blur`, which is
 * given in pixels per 32 of the longer edge. The number of draws is always the same.
 */
export function drawViewParameters(
  { strength, flip, blur }: ViewConfig,
  size: { readonly width: number; readonly height: number },
  random: RandomStream,
): ViewParameters {
  const area = between(random, 1 - 0.9 * strength, 1)
  const aspect = Math.exp(between(random, -1, 1) * Math.log(4 / 3) * Math.min(1, 2 * strength))
  const width = Math.min(1, Math.sqrt(area * aspect)) * size.width
  const height = Math.min(1, Math.sqrt(area / aspect)) * size.height
  const left = random() * (size.width - width)
  const top = random() * (size.height - height)
  const flipped = random() < 0.5 && flip
  const isJittered = random() < 0.8
  const jitter = {
    brightness: 1 + between(random, -0.4, 0.4) * strength,
    contrast: 1 + between(random, -0.4, 0.4) * strength,
    saturation: 1 + between(random, -0.4, 0.4) * strength,
    hue: between(random, -0.1, 0.1) * strength,
  }
  const greyscale = random() < 0.2 * strength
  // Drawn last, so that views without blur are what they were before there was any.
  const isBlurred = random() < 0.5 && blur > 0
  const sigma = (between(random, 0.1, 1) * blur * Math.max(size.width, size.height)) / 32
  return {
    left,
    top,
    width,
    height,
    flipped,
    jitter: isJittered && strength > 0 ? jitter : null,
    greyscale,
    blurSigma: isBlurred ? sigma : 0,
  }
}
