export { contentId } from './content-id.js'
export {
  decodeImage,
  decodePicture,
  defaultImageLimits,
  type DecodedPicture,
  type ImageLimits,
} from './decode-image.js'
export { drawSplit, type SplitShares } from './draw-split.js'
export { emojiDataset, type EmojiAssignment, type EmojiDatasetOptions, type EmojiOwner } from './emoji-dataset.js'
export { encodePng } from './encode-png.js'
export { EMOJI_ATTRIBUTION, emojiSamples, type EmojiSample } from './emoji-samples.js'
export type { DatasetErrorCode } from './errors.js'
export { ingestSource } from './ingest-source.js'
export { ingestWebDataset } from './ingest-web-dataset.js'
export {
  inspectDataset,
  type DatasetInspection,
  type InspectionProgress,
  type InspectOptions,
} from './inspect-dataset.js'
export type { IngestedDataset, IngestedSample, IngestOptions, SourceDefaults } from './intake.js'
export { nearDuplicatesBetween, nearDuplicatesOf, type NearDuplicate } from './near-duplicates-of.js'
export { NearDuplicateIndex, type NearDuplicateLimits } from './near-duplicates.js'
export { readPack, selectImages, writePack, type Pack, type PackSample, type PackSelection } from './pack.js'
export { redactPack, type RedactedPack } from './redact-pack.js'
export type { TwinOptions } from './deal-twins.js'
export { splits, type PackSplit, type SampleMetadata, type Split } from './sample-metadata.js'
export type { ColumnNames } from './sources/describe-row.js'
export { detectSource, type DetectedSource } from './sources/detect-source.js'
export { openSource, type OpenSourceOptions } from './sources/open-source.js'
export { cifarRecordBytes, readCifar, type CifarKind, type CifarOptions } from './sources/read-cifar.js'
export { readImageFolder } from './sources/read-image-folder.js'
export { readPairList, type PairListOptions } from './sources/read-pair-list.js'
export { readParquet, type ParquetOptions } from './sources/read-parquet.js'
export { readWebDataset } from './sources/read-web-dataset.js'
export {
  isFault,
  isRaw,
  sourceFormats,
  type Fault,
  type RawPicture,
  type SampleSource,
  type SourceFormat,
  type SourceSample,
} from './sources/sample-source.js'
export type { TallyEntry, TallyResult } from './tally.js'
export { writeWebDataset, type NewSample } from './write-web-dataset.js'
