import { DomainError } from '@lethe/domain'

export type DatasetErrorCode =
  /** Bytes that no decoder can turn into a picture. */
  | 'IMAGE_UNREADABLE'
  /** A format other than PNG, JPEG and WebP. */
  | 'IMAGE_FORMAT'
  /** More bytes or pixels than are decoded. */
  | 'IMAGE_TOO_LARGE'
  /** Not a tar archive, damaged, or compressed. */
  | 'TAR_UNREADABLE'
  /** The archive ends before its end mark. */
  | 'TAR_TRUNCATED'
  /** A link, a device, or a name that leaves the archive. */
  | 'TAR_UNSAFE_ENTRY'
  /** Pictures and their JSON lie too far apart to be paired in bounded memory. */
  | 'TAR_ORDER'
  /** More samples, or a larger pack, than the limits allow. */
  | 'DATASET_TOO_LARGE'
  /** Nothing in the upload could be accepted. */
  | 'DATASET_EMPTY'
  /** Bytes that are not a dataset pack, or one that contradicts itself. */
  | 'PACK_INVALID'
  /** Parameters that no dataset can be made of. */
  | 'DATASET_PARAMETERS'

export function refuse(code: DatasetErrorCode, message: string, field?: string): never {
  throw new DomainError(code, message, field)
}
