import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { parseMail, type ReceivedMail } from './outbox.js'

export interface MailServer {
  /** For MAIL_URL. */
  readonly url: string
  /** Mails that it took, oldest first. */
  readonly taken: readonly ReceivedMail[]
  /** What it does with the next mails: takes them, refuses them for good or for now, or says nothing. */
  mood: 'takes' | 'refuses' | 'is busy' | 'hangs'
  /** Mails that wait for an answer. */
  readonly hanging: () => number
  /** Takes every mail that waits, and those that follow. */
  readonly wake: () => void
  readonly stop: () => Promise<void>
}

const replies = { takes: '250 taken', refuses: '550 no such mailbox', 'is busy': '451 try later' } as const

/** As much of a mail server (RFC 5321) as a sender needs, whose mood the test chooses. */
export async function startMailServer(): Promise<MailServer> {
  const taken: ReceivedMail[] = []
  const waiting: (() => void)[] = []
  const sockets = new Set<Socket>()
  const onMail = (source: string, answer: (line: string) => void) => {
    const take = () => {
      taken.push(parseMail(source))
      answer(replies.takes)
    }
    if (server.mood === 'hangs') waiting.push(take)
    else if (server.mood === 'takes') take()
    else answer(replies[server.mood])
  }
  const listener = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined))
    converse(socket, onMail)
  })
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve))
  const server: MailServer = {
    url: `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    taken,
    mood: 'takes',
    hanging: () => waiting.length,
    wake: () => {
      server.mood = 'takes'
      for (const take of waiting.splice(0)) take()
    },
    stop: () =>
      new Promise((resolve) => {
        listener.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
  return server
}

function converse(socket: Socket, onMail: (source: string, answer: (line: string) => void) => void): void {
  const answer = (line: string) => void socket.write(`${line}\r\n`)
  let unread = ''
  let isBody = false
  const next = (): string | undefined => {
    const mark = isBody ? '\r\n.\r\n' : '\r\n'
    const end = unread.indexOf(mark)
    if (end < 0) return undefined
    const text = unread.slice(0, end)
    unread = unread.slice(end + mark.length)
    return text
  }
  answer('220 mail.test')
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    unread += chunk
    for (let text = next(); text !== undefined; text = next()) {
      if (isBody) {
        isBody = false
        onMail(text, answer)
      } else {
        isBody = /^DATA/i.test(text)
        answer(isBody ? '354 go on' : '250 mail.test')
      }
    }
  })
}
