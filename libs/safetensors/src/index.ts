export { parseSafetensors, type SafetensorsFile } from './parse-safetensors.js'
export { readSafetensorsLayout, type RawTensor, type SafetensorsLayout } from './read-safetensors-layout.js'
export { serializeSafetensors } from './serialize-safetensors.js'
export { f32, f64, i32, type SafetensorsErrorCode, type StoredTensor } from './stored-tensor.js'
