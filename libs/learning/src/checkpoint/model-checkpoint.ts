/** Everything a run can be continued from, as bytes whose digests name them. */
export interface ModelCheckpoint {
  /** Safetensors: encoder, head and running statistics; metadata says which encoder and picture size. Enough to embed. */
  readonly weights: Uint8Array
  /**
   * Safetensors: optimiser slots, MoCo's key tower and queue; metadata says how far which run is. Needed to resume, and by
   * MoCo to unlearn. A finished unlearning has no slots: they are gradients, also of what was to be forgotten.
   */
  readonly state: Uint8Array
}
