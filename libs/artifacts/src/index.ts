export { digestOf, type ArtifactStore } from './artifact-store.js'
export { folderStore } from './folder-store.js'
export { natsStore, type NatsStoreOptions } from './nats-store.js'
export { openArtifactStore } from './open-store.js'
