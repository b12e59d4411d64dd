// An engine that says it is ready and then works without ever listening, as a native call without end would.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', (order) => {
  if (order.type === 'start') for (;;);
})
parentPort.postMessage({
  type: 'ready',
  device: { backend: 'cpu', backendVersion: '', device: '', reason: '', tfjsVersion: '' },
})
