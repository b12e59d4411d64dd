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
  /** Files of one sample lie too far apart to be put together in bounded memory. */
  | 'TAR_ORDER'
  /** A CIFAR file that ends within a record. */
  | 'CIFAR_TRUNCATED'
  /** Not Parquet, damaged, or of a kind that is not read. */
  | 'PARQUET_UNREADABLE'
  /** The file ends before its footer. */
  | 'PARQUET_TRUNCATED'
  /** A CSV or JSON Lines file that cannot be read on. */
  | 'LIST_UNREADABLE'
  /** A column that was named, or is needed, is not there. */
  | 'SOURCE_COLUMNS'
  /** No file or folder of that name, or it may not be read. */
  | 'SOURCE_MISSING'
  /** A file or folder of none of the formats that are read. */
  | 'SOURCE_UNKNOWN'
  /** A path that leaves the folder of the dataset. */
  | 'SOURCE_UNSAFE_PATH'
  /** More samples, or a larger pack, than the limits allow. */
  | 'DATASET_TOO_LARGE'
  /** Nothing in the upload could be accepted. */
  | 'DATASET_EMPTY'
  /** Bytes that are not a dataset pack, or one that contradicts itself. */
  | 'PACK_INVALID'
  /** None of the samples that a pack was to lose is in it. */
  | 'PACK_REDACTED_ALREADY'
  /** Parameters that no dataset can be made of. */
  | 'DATASET_PARAMETERS'

export function refuse(code: DatasetErrorCode, message: string, field?: string): never {
  throw new DomainError(code, message, field)
}
