export const locales = ['en', 'ja'] as const
export type Locale = (typeof locales)[number]

export const localeCookie = 'lethe_locale'
export const themeCookie = 'lethe_theme'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const isLocale = (text: string | undefined): text is Locale => locales.some((locale) => locale === text)

export const chooseTheme = (cookie: string | undefined): Theme => themes.find((theme) => theme === cookie) ?? 'system'

/** The cookie decides; else the best of `Accept-Language` (RFC 9110, with weights); else English. */
export function chooseLocale(cookie: string | undefined, acceptLanguage: string | null): Locale {
  if (isLocale(cookie)) return cookie
  const wishes = (acceptLanguage ?? '').split(',').map((part) => {
    const [tag = '', ...parameters] = part.trim().split(';')
    const weight = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find((text) => text !== undefined)
    return { language: tag.trim().toLowerCase().split('-')[0], weight: weight === undefined ? 1 : Number(weight) }
  })
  const best = wishes
    .filter(({ language, weight }) => isLocale(language) && weight > 0)
    .sort((a, b) => b.weight - a.weight)[0]
  return isLocale(best?.language) ? best.language : 'en'
}
