'use client'
import { Popover } from 'radix-ui'
import { useFormatter, useTimeZone } from 'next-intl'
import type { ReactNode } from 'react'

interface MomentProps {
  at: string
  /** Shown on demand: the rule behind the date. */
  rule?: ReactNode
  day?: boolean
}

/** An instant in the tenant's time zone; the exact UTC instant is in the machine-readable attribute. */
export function Moment({ at, rule, day = false }: MomentProps) {
  const format = useFormatter()
  const zone = useTimeZone()
  const date = new Date(at)
  const short = day
    ? format.dateTime(date, { year: 'numeric', month: 'short', day: 'numeric' })
    : format.dateTime(date, {
        year: 'numeric',
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      })
  const time = (
    <time dateTime={at} title={`${at} · ${zone ?? 'UTC'}`} className="whitespace-nowrap">
      {short}
    </time>
  )
  if (!rule) return time
  return (
    <Popover.Root>
      <Popover.Trigger className="rounded underline decoration-line-strong decoration-dotted underline-offset-4 hover:decoration-solid">
        {time}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          sideOffset={6}
          collisionPadding={16}
          className="z-50 max-h-[60dvh] w-[min(26rem,calc(100vw-2rem))] overflow-y-auto rounded-lg border bg-sheet p-4 text-sm shadow-xl"
        >
          {rule}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
