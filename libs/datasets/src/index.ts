export { contentId } from './content-id.js'
export { decodeImage, defaultImageLimits, type ImageLimits } from './decode-image.js'
export { emojiDataset, type EmojiAssignment, type EmojiDatasetOptions, type EmojiOwner } from './emoji-dataset.js'
export { encodePng } from './encode-png.js'
export { EMOJI_ATTRIBUTION, emojiSamples, type EmojiSample } from './emoji-samples.js'
export type { DatasetErrorCode } from './errors.js'
export {
  ingestWebDataset,
  type IngestedDataset,
  type IngestedSample,
  type IngestOptions,
} from './ingest-web-dataset.js'
export { readPack, selectImages, writePack, type Pack, type PackSample, type PackSelection } from './pack.js'
export { splits, type SampleMetadata, type Split } from './sample-metadata.js'
export { writeWebDataset, type NewSample } from './write-web-dataset.js'
