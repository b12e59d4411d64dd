export * from './blobs.js'
export * from './events.js'
export * from './results.js'
export * from './tasks.js'
