/** The beginning of a text, without halves of characters. */
export const cutText = (text: string, length: number): string => text.slice(0, length).replace(/\p{Surrogate}/gu, '')

/** Longest name of a sample. */
export const MAX_KEY = 512

/** A name that can be shown and stored: cut, and without characters that PostgreSQL does not keep. */
export const cleanKey = (name: string): string => cutText(name.replaceAll('\0', ''), MAX_KEY)
