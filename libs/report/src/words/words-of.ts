import type { Language } from '../page-input.js'
import { english } from './english.js'
import { japanese } from './japanese.js'
import type { Words } from './words.js'

const all: Readonly<Record<Language, Words>> = { en: english, ja: japanese }

export const wordsOf = (language: Language): Words => all[language]
