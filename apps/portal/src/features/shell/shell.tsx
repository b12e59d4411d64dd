'use client'
import { Dialog as RadixDialog } from 'radix-ui'
import { LogOut, Menu, X } from 'lucide-react'
import Link from 'next/link'
import { usePathname } from 'next/navigation'
import { useTranslations } from 'next-intl'
import { useState, type ReactNode } from 'react'
import { NoticeCount } from '@/features/notices/notice-count'
import { TenantChoice } from '@/features/account/tenant-choice'
import { navigationFor } from '@/features/shell/navigation'
import { mayOpen } from '@/features/shell/screen-access'
import { Wordmark } from '@/features/shell/wordmark'
import { useViewer } from '@/session/viewer-context'
import { Button } from '@/ui/button'
import { classNames } from '@/ui/class-names'
import { NotHere } from '@/ui/not-here'

export function Shell({ children }: { children: ReactNode }) {
  const t = useTranslations('nav')
  return (
    <div className="lg:grid lg:grid-cols-[15rem_minmax(0,1fr)] print:block">
      <a
        href="#content"
        className="sr-only z-50 rounded bg-accent px-3 py-2 text-accent-ink focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {t('skip')}
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r bg-sheet lg:flex print:!hidden">
        <Navigation />
      </aside>
      <MobileBar />
      <main id="content" tabIndex={-1} className="min-w-0 outline-none">
        <Screen>{children}</Screen>
      </main>
    </div>
  )
}

/** A screen that has nothing for this viewer is not there, as an id of another tenant is not. */
function Screen({ children }: { children: ReactNode }) {
  const { actions } = useViewer()
  return mayOpen(actions, usePathname()) ? children : <NotHere back="/" />
}

function MobileBar() {
  const t = useTranslations('nav')
  const [open, setOpen] = useState(false)
  return (
    <header className="sticky top-0 z-30 flex items-center justify-between border-b bg-sheet px-4 py-2 lg:hidden print:!hidden">
      <Link href="/" className="rounded">
        <Wordmark />
      </Link>
      <RadixDialog.Root open={open} onOpenChange={setOpen}>
        <RadixDialog.Trigger asChild>
          <Button tone="quiet" aria-label={t('menu')} className="px-2">
            <Menu aria-hidden />
          </Button>
        </RadixDialog.Trigger>
        <RadixDialog.Portal>
          <RadixDialog.Overlay className="fixed inset-0 z-40 bg-shade" />
          <RadixDialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 right-0 z-50 flex w-[min(17rem,85vw)] flex-col border-l bg-sheet"
            onClick={(event) => {
              if ((event.target as HTMLElement).closest('a')) setOpen(false)
            }}
          >
            <RadixDialog.Title className="sr-only">{t('menu')}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <Button tone="quiet" aria-label={t('close')} className="absolute top-2 right-3 px-2">
                <X aria-hidden />
              </Button>
            </RadixDialog.Close>
            <Navigation />
          </RadixDialog.Content>
        </RadixDialog.Portal>
      </RadixDialog.Root>
    </header>
  )
}

function Navigation() {
  const t = useTranslations('nav')
  const { actions } = useViewer()
  const pathname = usePathname()
  const isCurrent = (href: string): boolean =>
    href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`)
  return (
    <>
      <div className="px-5 pt-5 pb-4">
        <Wordmark />
        <TenantChoice />
      </div>
      <nav aria-label={t('label')} className="min-h-0 flex-1 overflow-y-auto px-3">
        <ul className="grid gap-0.5">
          {navigationFor(actions).map(({ href, label, icon: Icon }) => (
            <li key={href}>
              <Link
                href={href}
                aria-current={isCurrent(href) ? 'page' : undefined}
                className={classNames(
                  'flex min-h-9 items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm',
                  isCurrent(href)
                    ? 'bg-accent-well font-medium text-accent'
                    : 'text-ink-2 hover:bg-well hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                {t(label)}
                {label === 'notices' ? <NoticeCount /> : null}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <ViewerCard />
    </>
  )
}

function ViewerCard() {
  const t = useTranslations()
  const viewer = useViewer()
  const leave = async () => {
    await fetch('/api/session', { method: 'DELETE' })
    // A full load, so that nothing that was read stays in memory.
    window.location.assign('/sign-in')
  }
  return (
    <div className="flex items-center justify-between gap-2 border-t px-5 py-3">
      <div className="min-w-0">
        <p className="truncate text-sm font-medium">{viewer.name}</p>
        <p className="truncate text-xs text-ink-2">{t(`roles.${viewer.role}`)}</p>
      </div>
      <Button
        tone="quiet"
        aria-label={t('nav.signOut')}
        title={t('nav.signOut')}
        onClick={() => void leave()}
        className="px-2"
      >
        <LogOut aria-hidden />
      </Button>
    </div>
  )
}
