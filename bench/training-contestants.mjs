import { fork, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const worker = fileURLToPath(new URL('training-worker.mjs', import.meta.url))
const peer = fileURLToPath(new URL('peers/training_peer.py', import.meta.url))
// One thread each, so that CPU time compares; oneDNN and BLAS read OMP_NUM_THREADS.
const oneThread = { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1', OMP_NUM_THREADS: '1' }
const env = { ...process.env, ...oneThread, TF_CPP_MIN_LOG_LEVEL: '2', PYTHONDONTWRITEBYTECODE: '1' }

/** The Python that can import torch, of LETHE_PEER_PYTHON and python3; null where there is none. */
export function findPeerPython() {
  const candidates = [process.env.LETHE_PEER_PYTHON, 'python3'].filter(Boolean)
  return candidates.find((python) => spawnSync(python, ['-c', 'import torch'], { env }).status === 0) ?? null
}

/**
 * A process that takes `order.steps` steps at every turn and says what one cost; the turn of its start is its warm-up. It
 * waits between turns, so that several can take theirs one after the other.
 */
export function startLethe(order) {
  const child = fork(worker, [JSON.stringify(order)], { env, stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  return contestant(
    child,
    (listener) => child.on('message', listener),
    () => child.send('turn'),
  )
}

export function startPeer(python, order) {
  const child = spawn(python, [peer, JSON.stringify(order)], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const lines = createInterface({ input: child.stdout })
  return contestant(
    child,
    (listener) => lines.on('line', (line) => listener(JSON.parse(line))),
    () => child.stdin.write('turn\n'),
  )
}

async function contestant(child, onReport, askForTurn) {
  let settle
  const report = () => new Promise((resolve, reject) => (settle = { resolve, reject }))
  onReport((said) => settle.resolve(said))
  // Shown only of one that fails: TensorFlow and PyTorch are talkative.
  let said = ''
  child.stderr.on('data', (bytes) => (said = `${said}${bytes}`.slice(-4000)))
  child.once('close', (code, signal) =>
    settle.reject(new Error(`${child.spawnfile} ended with ${code ?? signal}:\n${said}`)),
  )
  const warmUp = await report()
  return {
    warmUp,
    turn: () => {
      const next = report()
      askForTurn()
      return next
    },
    stop: () => {
      settle.reject = () => undefined
      child.kill('SIGKILL')
    },
  }
}
