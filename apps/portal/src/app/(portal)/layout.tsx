import { NextIntlClientProvider } from 'next-intl'
import { redirect } from 'next/navigation'
import type { ReactNode } from 'react'
import { Providers } from '@/features/shell/providers'
import { Shell } from '@/features/shell/shell'
import { Unreachable } from '@/features/shell/unreachable'
import { readViewer } from '@/session/viewer'

/** Everything below is for somebody who is signed in; dates are in the tenant's time zone. */
export default async function PortalLayout({ children }: { children: ReactNode }) {
  const result = await readViewer()
  if (result.state === 'signed-out') redirect('/sign-in?ended=1')
  if (result.state === 'unreachable') return <Unreachable />
  const { viewer } = result
  return (
    <NextIntlClientProvider timeZone={viewer.tenant?.timeZone ?? 'UTC'}>
      <Providers viewer={viewer}>
        <Shell>{children}</Shell>
      </Providers>
    </NextIntlClientProvider>
  )
}
