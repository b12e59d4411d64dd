import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from 'react'
import { classNames } from '@/ui/class-names'

const control =
  'w-full rounded-md border border-line-strong bg-sheet px-3 py-2 text-base sm:text-sm text-ink placeholder:text-ink-3 aria-invalid:border-danger'

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  error?: ReactNode
}

interface FrameProps extends FieldProps {
  id: string
  children: ReactNode
}

function Frame({ id, label, hint, error, children }: FrameProps) {
  return (
    <div className="grid min-w-0 gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children}
      {hint ? (
        <p id={`${id}-hint`} className="text-xs text-ink-2">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-xs font-medium text-danger">
          {error}
        </p>
      ) : null}
    </div>
  )
}

const describedBy = (id: string, { hint, error }: FieldProps) => ({
  'aria-invalid': Boolean(error),
  ...(hint || error
    ? { 'aria-describedby': [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') }
    : {}),
})

export function TextField({
  label,
  hint,
  error,
  className,
  ...rest
}: FieldProps & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        className={classNames(control, className)}
        {...describedBy(id, { label, hint, error })}
        {...rest}
      />
    </Frame>
  )
}

export function TextArea({
  label,
  hint,
  error,
  className,
  ...rest
}: FieldProps & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <textarea
        id={id}
        className={classNames(control, 'min-h-20', className)}
        {...describedBy(id, { label, hint, error })}
        {...rest}
      />
    </Frame>
  )
}

export function SelectField({
  label,
  hint,
  error,
  className,
  children,
  ...rest
}: FieldProps & SelectHTMLAttributes<HTMLSelectElement>) {
  const id = useId()
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        className={classNames(control, 'min-h-9 pr-8', className)}
        {...describedBy(id, { label, hint, error })}
        {...rest}
      >
        {children}
      </select>
    </Frame>
  )
}
