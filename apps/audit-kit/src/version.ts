/** Of the kit: part of every plan, so that a verifier knows which one to use. */
export const KIT_VERSION = '0.1.0'
export const KIT = `lethe-audit ${KIT_VERSION}`
