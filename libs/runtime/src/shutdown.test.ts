import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { createLogger } from './logger.js'
import { onShutdown, type ShutdownStep } from './shutdown.js'

/** A process that remembers its first exit code instead of exiting. */
function fakeHost() {
  const emitter = new EventEmitter()
  let leave: (code: number) => void
  const exited = new Promise<number>((resolve) => (leave = resolve))
  const exit = ((code: number) => leave(code)) as NodeJS.Process['exit']
  const on = emitter.on.bind(emitter) as unknown as NodeJS.Process['on']
  return { on, exit, exited, emit: (event: string) => emitter.emit(event) }
}

const logger = createLogger('test', 'silent')
const recording = (log: string[], name: string): ShutdownStep => ({ name, run: () => log.push(name) })

it('runs the steps in order and exits 0, also when one throws', async () => {
  const host = fakeHost()
  const log: string[] = []
  const failing = { name: 'failing', run: () => Promise.reject(new Error('no')) }
  const { signal } = onShutdown([recording(log, 'stop taking work'), failing, recording(log, 'close')], {
    logger,
    host,
  })
  host.emit('SIGTERM')
  expect(await host.exited).toBe(0)
  expect(log).toEqual(['stop taking work', 'close'])
  expect(signal.reason).toBe('SIGTERM')
})

it('exits 1 when the steps outlast the bound', async () => {
  const host = fakeHost()
  onShutdown([{ name: 'hangs', run: () => new Promise(() => {}) }], { logger, host, timeoutMs: 10 })
  host.emit('SIGINT')
  expect(await host.exited).toBe(1)
})

it('exits at once on a second signal', async () => {
  const host = fakeHost()
  onShutdown([{ name: 'hangs', run: () => new Promise(() => {}) }], { logger, host })
  host.emit('SIGINT')
  host.emit('SIGINT')
  expect(await host.exited).toBe(130)
})

it('shuts down when the parent is gone', async () => {
  const host = fakeHost()
  const log: string[] = []
  onShutdown([recording(log, 'close')], { logger, host })
  host.emit('disconnect')
  expect(await host.exited).toBe(0)
  expect(log).toEqual(['close'])
})
