/**
 * Keeps answers between sessions, so that an audit that was cut off asks nothing twice. The key is the SHA-256 of the question
 * in hex: model, representation and pictures. What is kept is the owner's: embeddings of their pictures.
 */
export interface AnswerStore {
  get(key: string): Promise<Float32Array | null>
  put(key: string, answer: Float32Array): Promise<void>
}
