import type { ReactNode } from 'react'
import { LocaleChoice } from '@/features/settings/choices'
import { Wordmark } from '@/features/shell/wordmark'

/** A page for somebody who is not signed in: one sentence, one thing to do. */
export function OutsidePage({ answer, note, children }: { answer: string; note?: ReactNode; children: ReactNode }) {
  return (
    <main className="grid min-h-dvh content-center px-5 py-10">
      <title>{`${answer.replace(/[.。]$/, '')} · Lethe`}</title>
      <div className="mx-auto grid w-full max-w-sm gap-7">
        <div className="grid gap-4">
          <Wordmark />
          <h1 className="answer" data-testid="answer">
            {answer}
          </h1>
          {note ? <p className="text-sm text-ink-2">{note}</p> : null}
        </div>
        {children}
        <LocaleChoice />
      </div>
    </main>
  )
}

export const Notice = ({ children }: { children: ReactNode }) => (
  <p role="status" className="rounded-md bg-open-well px-3 py-2 text-sm text-open">
    {children}
  </p>
)

export const Problem = ({ children }: { children: ReactNode }) => (
  <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
    {children}
  </p>
)

export const formClass = 'grid gap-4 rounded-lg border bg-sheet p-5'
