import { randomUUID } from 'node:crypto'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createTransport } from 'nodemailer'
import { mailError } from './errors.js'
import { assertMail, type Mailer } from './mail.js'

/**
 * One .eml file (RFC 5322) a mail, named by time and a random part, readable by its owner alone: mails hold links that
 * sign people in. A file appears whole or not at all.
 */
export function openFolderMailer(folder: string, from: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' }, { from })
  return {
    destination: folder,
    async send(mail) {
      assertMail(mail)
      const { message } = await transport.sendMail({ to: mail.to, subject: mail.subject, text: mail.text })
      const name = `${new Date().toISOString().replaceAll(':', '-')}-${randomUUID().slice(0, 8)}.eml`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const hidden = path.join(folder, `.${name}.part`)
        await writeFile(hidden, message as Buffer, { mode: 0o600, flag: 'wx' })
        await rename(hidden, path.join(folder, name))
      } catch (error) {
        throw mailError(
          'MAIL_UNREACHABLE',
          `Make the folder of MAIL_URL writable: ${(error as NodeJS.ErrnoException).code ?? 'it cannot be written'}.`,
        )
      }
    },
    close: () => transport.close(),
  }
}
