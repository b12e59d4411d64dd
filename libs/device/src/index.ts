export { openDevice, type Device, type OpenDeviceOptions } from './open-device.js'
export { prepareTensorflowEnvironment } from './env.js'
export { BackendName, BackendChoice } from './backend-name.js'
export { TfjsNodeManifest, readTfjsNodeManifest, type DeviceErrorCode } from './tfjs-node.js'
