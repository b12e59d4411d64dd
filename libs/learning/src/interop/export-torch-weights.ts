import { f32, serializeSafetensors, type StoredTensor } from '@lethe/safetensors'
import { readWeights, WITHHELD } from '../checkpoint/weights-file.js'
import { imageTower } from '../towers/image-tower.js'
import { refuse } from './interop-error.js'
import { toLightly, torchLeaf, toTorchvision } from './resnet-names.js'
import { toTorchLayout } from './torch-layout.js'

/**
 * `torchvision`: the encoder alone, for `resnet18()` with `fc = Identity()`. `lightly`: `backbone.*`, the Sequential of
 * torchvision's children but the last, and `projection_head.layers.*`, lightly's SimCLRProjectionHead.
 */
export type TorchNaming = 'torchvision' | 'lightly'

/**
 * Our weights as a safetensors file that `load_state_dict` takes, strictly. A text tower is left out.
 * @throws DomainError CHECKPOINT_INVALID; INTEROP_UNSUPPORTED for other encoders than ResNets, and where outputs are withheld,
 * since plain weights would give them away
 */
export function exportTorchWeights(weights: Uint8Array, naming: TorchNaming): Uint8Array {
  const { encoder, tensors } = readWeights(weights, 'weights')
  if (encoder.kind !== 'resnet-18' && encoder.kind !== 'resnet-50')
    refuse(
      'INTEROP_UNSUPPORTED',
      `torchvision has no ${encoder.kind}; resnet-18 and resnet-50 are exported.`,
      'encoder',
    )
  if (tensors.has(WITHHELD))
    refuse(
      'INTEROP_UNSUPPORTED',
      'These weights withhold outputs, which PyTorch would not; export their parent instead.',
    )
  const exported = new Map<string, StoredTensor>()
  for (const { name } of imageTower(encoder).parameters) {
    const { shape, data } = toTorchLayout(tensors.get(name) as { shape: readonly number[]; data: Float32Array })
    const torchName = name.startsWith('encoder.') ? backboneName(name, naming) : headName(name, naming)
    if (torchName !== null) exported.set(torchName, f32(shape, data))
  }
  // lightly's linear layer has a bias where no batch norm follows it.
  if (naming === 'lightly' && encoder.projection.hidden === null)
    exported.set(
      'projection_head.layers.0.bias',
      f32([encoder.projection.output], new Float32Array(encoder.projection.output)),
    )
  return serializeSafetensors(exported, { format: 'pt' })
}

const backboneName = (name: string, naming: TorchNaming): string =>
  naming === 'torchvision' ? toTorchvision(name) : toLightly(toTorchvision(name))

/** Places in lightly's head; the ReLU stands at 2. */
const headLayers: Readonly<Record<string, number>> = { linear0: 0, norm0: 1, linear1: 3, norm1: 4 }

function headName(name: string, naming: TorchNaming): string | null {
  if (naming === 'torchvision') return null
  const [, layer = '', leaf = ''] = name.split('.')
  return `projection_head.layers.${headLayers[layer]}.${torchLeaf(leaf)}`
}
