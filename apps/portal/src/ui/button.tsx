import Link from 'next/link'
import type { ButtonHTMLAttributes, ComponentProps } from 'react'
import { classNames } from '@/ui/class-names'

type Tone = 'primary' | 'plain' | 'danger' | 'quiet'

const base =
  'inline-flex min-h-9 items-center justify-center gap-2 rounded-md px-3.5 py-1.5 text-sm font-medium whitespace-nowrap transition-colors disabled:opacity-55 disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0'
const tones: Record<Tone, string> = {
  primary: 'bg-accent text-accent-ink hover:not-disabled:opacity-90 border border-transparent',
  plain: 'bg-sheet text-ink border border-line-strong hover:not-disabled:bg-well',
  danger: 'bg-sheet text-danger border border-danger hover:not-disabled:bg-danger-well',
  quiet: 'text-ink-2 hover:not-disabled:bg-well hover:text-ink border border-transparent',
}

export function Button({
  tone = 'plain',
  className,
  type = 'button',
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { tone?: Tone }) {
  return <button type={type} className={classNames(base, tones[tone], className)} {...rest} />
}

export function ButtonLink({ tone = 'plain', className, ...rest }: ComponentProps<typeof Link> & { tone?: Tone }) {
  return <Link className={classNames(base, tones[tone], className)} {...rest} />
}

/** A link that leaves the application's routing, such as a download. */
export function ButtonAnchor({ tone = 'plain', className, ...rest }: ComponentProps<'a'> & { tone?: Tone }) {
  return <a className={classNames(base, tones[tone], className)} {...rest} />
}
