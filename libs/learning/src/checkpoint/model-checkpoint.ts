/** Everything a run can be continued from, as bytes whose digests name them. */
export interface ModelCheckpoint {
  /** Safetensors: encoder, head and running statistics; metadata says which encoder and picture size. Enough to embed. */
  readonly weights: Uint8Array
  /** Safetensors: the optimiser's velocities; metadata says how far which run is. Needed to resume only. */
  readonly state: Uint8Array
}
