'use client'
import { useLocale, useTranslations } from 'next-intl'
import { useRouter } from 'next/navigation'
import { useEffect, useState } from 'react'
import { chooseTheme, type Locale, localeCookie, locales, themeCookie, themes, type Theme } from '@/i18n/locale'
import { classNames } from '@/ui/class-names'

const yearSeconds = 365 * 86_400

/** Preferences are not secrets: the browser writes them, the server reads them. */
const remember = (name: string, value: string): void => {
  document.cookie = `${name}=${value}; path=/; max-age=${yearSeconds}; samesite=lax`
}

interface ChoiceProps<Value extends string> {
  legend: string
  name: string
  value: Value
  options: readonly { value: Value; label: string; lang?: string }[]
  onChoose: (value: Value) => void
}

function Choice<Value extends string>({ legend, name, value, options, onChoose }: ChoiceProps<Value>) {
  return (
    <fieldset>
      <legend className="label mb-2">{legend}</legend>
      <div className="inline-flex flex-wrap gap-1 rounded-lg border bg-sheet p-1">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.lang}
            className={classNames(
              'cursor-pointer rounded-md px-3 py-1.5 text-sm has-focus-visible:outline-2 has-focus-visible:outline-accent',
              option.value === value ? 'bg-accent-well font-medium text-accent' : 'text-ink-2 hover:bg-well',
            )}
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChoose(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

/** `onChosen` also hears of it, where there is somebody to keep it for. */
export function LocaleChoice({ onChosen }: { onChosen?: (locale: Locale) => void }) {
  const t = useTranslations('settings')
  const locale = useLocale()
  const router = useRouter()
  const names = { en: 'English', ja: '日本語' }
  return (
    <Choice
      legend={t('language')}
      name="locale"
      value={locales.find((known) => known === locale) ?? 'en'}
      options={locales.map((value) => ({ value, label: names[value], lang: value }))}
      onChoose={(value) => {
        remember(localeCookie, value)
        onChosen?.(value)
        router.refresh()
      }}
    />
  )
}

export function ThemeChoice() {
  const t = useTranslations('settings')
  const [theme, setTheme] = useState<Theme>('system')
  useEffect(() => setTheme(chooseTheme(document.documentElement.dataset['theme'])), [])
  return (
    <Choice
      legend={t('theme')}
      name="theme"
      value={theme}
      options={themes.map((value) => ({ value, label: t(`themes.${value}`) }))}
      onChoose={(value) => {
        setTheme(value)
        remember(themeCookie, value)
        if (value === 'system') delete document.documentElement.dataset['theme']
        else document.documentElement.dataset['theme'] = value
      }}
    />
  )
}
