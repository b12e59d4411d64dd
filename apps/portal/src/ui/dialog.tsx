'use client'
import { Dialog as RadixDialog } from 'radix-ui'
import { X } from 'lucide-react'
import { useTranslations } from 'next-intl'
import { useEffect, useState, type ReactNode } from 'react'
import { Button } from '@/ui/button'

interface DialogProps {
  trigger: ReactNode
  title: ReactNode
  description?: ReactNode
  open: boolean
  onOpenChange: (open: boolean) => void
  children: ReactNode
}

/** A button that goes with what it did, as the one that removes a row, leaves the focus to the screen, not to nothing. */
function keepFocus(): void {
  if (document.activeElement === document.body) document.getElementById('content')?.focus({ preventScroll: true })
}

export function Dialog({ trigger, title, description, open, onOpenChange, children }: DialogProps) {
  const t = useTranslations('actions')
  useEffect(() => keepFocus, [])
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Trigger asChild>{trigger}</RadixDialog.Trigger>
      <RadixDialog.Portal>
        <RadixDialog.Overlay className="fixed inset-0 z-40 bg-shade" />
        <RadixDialog.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          className="fixed top-1/2 left-1/2 z-50 max-h-[90dvh] w-[min(32rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 overflow-y-auto rounded-lg border bg-sheet p-5 shadow-xl"
        >
          <div className="flex items-start justify-between gap-4">
            <RadixDialog.Title className="text-base font-semibold">{title}</RadixDialog.Title>
            <RadixDialog.Close asChild>
              <Button tone="quiet" aria-label={t('close')} className="-mt-1.5 -mr-2 px-2">
                <X aria-hidden />
              </Button>
            </RadixDialog.Close>
          </div>
          {description ? (
            <RadixDialog.Description className="mt-2 text-sm text-ink-2">{description}</RadixDialog.Description>
          ) : null}
          <div className="mt-4">{children}</div>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  )
}

interface ConfirmProps {
  trigger: ReactNode
  title: ReactNode
  /** What will happen, before it does. */
  consequence: ReactNode
  confirm: ReactNode
  tone?: 'primary' | 'danger'
  pending?: boolean
  disabled?: boolean
  error?: string | null
  children?: ReactNode
  /** Resolves true when done, so that the dialog closes. */
  onConfirm: () => Promise<boolean>
}

/** Says what will happen and asks once. */
export function Confirm({
  trigger,
  title,
  consequence,
  confirm,
  tone = 'primary',
  pending,
  disabled,
  error,
  children,
  onConfirm,
}: ConfirmProps) {
  const t = useTranslations('actions')
  const [open, setOpen] = useState(false)
  const run = async () => {
    if (await onConfirm()) setOpen(false)
  }
  return (
    <Dialog trigger={trigger} title={title} description={consequence} open={open} onOpenChange={setOpen}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          void run()
        }}
      >
        {children}
        {error ? (
          <p role="alert" className="rounded-md bg-danger-well px-3 py-2 text-sm text-danger">
            {error}
          </p>
        ) : null}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={() => setOpen(false)}>{t('back')}</Button>
          <Button
            type="submit"
            tone={tone}
            disabled={pending === true || disabled === true}
            aria-busy={pending === true}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
