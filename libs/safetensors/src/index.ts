export { parseSafetensors, type SafetensorsFile } from './parse-safetensors.js'
export { serializeSafetensors } from './serialize-safetensors.js'
export { f32, i32, type SafetensorsErrorCode, type StoredTensor } from './stored-tensor.js'
