import { DomainError } from '@lethe/domain'

export type InteropErrorCode =
  /** Bytes of no format that is read here. */
  | 'INTEROP_FORMAT'
  /** A zip archive that is damaged, or that torch.save would not have written. */
  | 'INTEROP_ZIP'
  /** A pickle that is damaged, or that holds what no state dict needs. */
  | 'INTEROP_PICKLE'
  /** A tensor that its storage does not hold, of a type or with values that cannot be used. */
  | 'INTEROP_TENSOR'
  /** More, deeper or larger than any honest file. */
  | 'INTEROP_LIMIT'
  /** Tensor names or shapes that are of no ResNet, or of more than one. */
  | 'INTEROP_NAMES'
  /** A network that the other side does not have. */
  | 'INTEROP_UNSUPPORTED'

export function refuse(code: InteropErrorCode, message: string, field = 'weights'): never {
  throw new DomainError(code, message, field)
}
