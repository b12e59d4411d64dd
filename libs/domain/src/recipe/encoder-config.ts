import { z } from 'zod'

/** Projection head. SimCLR's is an MLP with batch norm; `hidden: null` is one linear layer, as MoCo and CLIP have. */
const projection = (hidden: number, output: number) =>
  z
    .object({ hidden: z.int().min(4).max(8192).nullable(), output: z.int().min(2).max(4096) })
    .default({ hidden, output })

const CompactConv = z.object({
  kind: z.literal('compact-conv'),
  /** Channels of each stage; every stage halves height and width. */
  widths: z.array(z.int().min(4).max(1024)).min(1).max(6).default([16, 32, 64]),
  projection: projection(64, 64),
})

/** He et al. (arXiv 1512.03385) with torchvision's layout; features are 8 (18) or 32 (50) times `width`. */
const ResNet = z.object({
  kind: z.enum(['resnet-18', 'resnet-50']),
  /** `cifar`: convolution 3×3 of stride 1 and no pooling. `imagenet`: convolution 7×7 of stride 2, then max pooling. */
  stem: z.enum(['cifar', 'imagenet']).default('cifar'),
  /** Channels of the first stage. */
  width: z.int().min(4).max(256).default(64),
  projection: projection(512, 128),
})

/** A vision transformer (arXiv 2010.11929) with pre-norm blocks and mean pooling; features are `width`. */
const CompactVit = z.object({
  kind: z.literal('compact-vit'),
  /** Edge of the square pictures it takes; position embeddings belong to it. */
  imageSize: z.int().min(4).max(512).default(32),
  /** Edge of a patch; divides `imageSize`. */
  patch: z.int().min(1).max(64).default(4),
  width: z.int().min(8).max(1024).default(192),
  depth: z.int().min(1).max(24).default(6),
  /** Divides `width`. */
  heads: z.int().min(1).max(16).default(3),
  projection: projection(512, 128),
})

/** The network that makes features of a picture, and the head that training puts on it. */
export const EncoderConfig = z.discriminatedUnion('kind', [
  CompactConv,
  ResNet,
  CompactVit.refine(({ imageSize, patch }) => imageSize % patch === 0, {
    path: ['patch'],
    message: 'must divide imageSize',
  }).refine(({ width, heads }) => width % heads === 0, { path: ['heads'], message: 'must divide width' }),
])
export type EncoderConfig = z.infer<typeof EncoderConfig>

/** CLIP's text tower: a transformer over the UTF-8 bytes of a text (tokens of ByT5, arXiv 2105.13626), causal, read at its end. */
export const TextEncoderConfig = z
  .object({
    width: z.int().min(8).max(1024).default(64),
    depth: z.int().min(1).max(24).default(2),
    /** Divides `width`. */
    heads: z.int().min(1).max(16).default(2),
    /** Tokens read, end included; longer texts are cut. */
    contextLength: z.int().min(4).max(512).default(48),
  })
  .refine(({ width, heads }) => width % heads === 0, { path: ['heads'], message: 'must divide width' })
export type TextEncoderConfig = z.infer<typeof TextEncoderConfig>
