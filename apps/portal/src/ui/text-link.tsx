import Link from 'next/link'
import type { ComponentProps } from 'react'
import { classNames } from '@/ui/class-names'

export function TextLink({ className, ...rest }: ComponentProps<typeof Link>) {
  return (
    <Link
      className={classNames(
        'font-medium text-accent underline decoration-1 underline-offset-4 hover:decoration-2',
        className,
      )}
      {...rest}
    />
  )
}
