// A view thread that ends at its first order, as one that ran out of memory would.
import { parentPort } from 'node:worker_threads'

parentPort.on('message', () => process.exit(7))
