import type { Provenance } from '@lethe/domain'
import type { EngineDevice } from './protocol.js'

/** What this process and this device will have made. */
export const provenanceOf = (device: EngineDevice, codeVersion: string): Provenance => ({
  backend: device.backend,
  backendVersion: device.backendVersion,
  tfjsVersion: device.tfjsVersion,
  nodeVersion: process.version,
  codeVersion,
  platform: `${process.platform}-${process.arch}`,
  device: device.device,
})
