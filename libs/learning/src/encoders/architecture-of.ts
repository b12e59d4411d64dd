import type { EncoderConfig } from '@lethe/domain'
import type { Architecture } from './architecture.js'
import { compactConv } from './compact-conv.js'
import { compactVit } from './compact-vit.js'
import { resnet } from './resnet.js'

/** The architecture that a config names. A new kind of encoder is one file and one line here. */
export function architectureOf(config: EncoderConfig): Architecture {
  switch (config.kind) {
    case 'compact-conv':
      return compactConv(config)
    case 'resnet-18':
    case 'resnet-50':
      return resnet(config)
    case 'compact-vit':
      return compactVit(config)
  }
}
