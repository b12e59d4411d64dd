import type { Verdict } from '@lethe/domain'
import type { Language } from '../page-input.js'
import { english } from './english.js'
import { japanese } from './japanese.js'
import type { Words } from './words.js'

const all: Readonly<Record<Language, Words>> = { en: english, ja: japanese }

export const wordsOf = (language: Language): Words => all[language]

/** A verdict in one word and one sentence, and what its reasons mean. */
export const verdictWords = (language: Language, verdict: Verdict) => ({
  ...all[language].verdict[verdict],
  of: (reasonCode: string): string | undefined => all[language].reasons[reasonCode],
})
