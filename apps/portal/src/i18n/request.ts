import { cookies, headers } from 'next/headers'
import { getRequestConfig } from 'next-intl/server'
import { chooseLocale, localeCookie } from '@/i18n/locale'

export default getRequestConfig(async () => {
  const [jar, head] = await Promise.all([cookies(), headers()])
  const locale = chooseLocale(jar.get(localeCookie)?.value, head.get('accept-language'))
  const messages = (await import(`../../messages/${locale}.json`)) as { default: Record<string, string> }
  // The gateway refuses in English; other languages have a text for each code.
  const refusal = locale === 'ja' ? (await import('../../messages/refusals.ja.json')).default : {}
  return { locale, timeZone: 'UTC', messages: { ...messages.default, refusal } }
})
