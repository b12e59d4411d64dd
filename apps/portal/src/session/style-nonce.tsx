'use client'

declare global {
  // Read by the libraries that lock scrolling behind a dialog, for the style element that they insert.
  var __webpack_nonce__: string | undefined
}

/** Hands the answer's nonce to libraries that insert style elements, so that the content policy lets them. */
export function StyleNonce({ nonce }: { nonce: string }) {
  if (typeof window !== 'undefined') globalThis.__webpack_nonce__ = nonce
  return null
}
