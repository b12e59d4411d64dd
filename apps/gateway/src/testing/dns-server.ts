import { createSocket } from 'node:dgram'

export interface DnsServer {
  /** As `dns.setServers` takes it. */
  readonly address: string
  /** TXT records by name. */
  readonly records: Map<string, string>
  /** Gives no answer at all while it is set. */
  isSilent: boolean
  readonly stop: () => Promise<void>
}

/** Answers TXT questions (RFC 1035) from its records, and that there is no such name for all others. */
export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, string>()
  const socket = createSocket('udp4')
  socket.on('message', (message, { port, address }) => {
    if (!server.isSilent) socket.send(answerTo(message, records), port, address)
  })
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
  const server: DnsServer = {
    address: `127.0.0.1:${socket.address().port}`,
    records,
    isSilent: false,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  }
  return server
}

function answerTo(question: Buffer, records: ReadonlyMap<string, string>): Buffer {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  const asked = question.subarray(12, at + 5)
  const text = records.get(labels.join('.').toLowerCase())
  const head = Buffer.alloc(12)
  question.copy(head, 0, 0, 2)
  // A response that is authoritative, with the name (0) or without it (3).
  head.writeUInt16BE(text === undefined ? 0x8583 : 0x8580, 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(text === undefined ? 0 : 1, 6)
  if (text === undefined) return Buffer.concat([head, asked])
  const record = Buffer.alloc(13 + text.length)
  // The name of the question, type TXT, class IN, no time to live.
  record.writeUInt16BE(0xc00c, 0)
  record.writeUInt16BE(16, 2)
  record.writeUInt16BE(1, 4)
  record.writeUInt16BE(text.length + 1, 10)
  record.writeUInt8(text.length, 12)
  record.write(text, 13, 'latin1')
  return Buffer.concat([head, asked, record])
}
