export { digestOf, type ArtifactStore } from './artifact-store.js'
export { digestsIn } from './digests-in.js'
export { folderStore } from './folder-store.js'
export { grantSealer, type GrantHolder, type GrantSealer } from './grant.js'
export { httpStore, type WorkerStore } from './http-store.js'
export { natsStore, type NatsStoreOptions } from './nats-store.js'
export { openArtifactStore } from './open-store.js'
export {
  grantOver,
  notGranted,
  serveBlobs,
  type BlobAuthority,
  type BlobNote,
  type BlobService,
} from './serve-blobs.js'
