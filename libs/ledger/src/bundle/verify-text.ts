/** VERIFY.txt, the first file of every bundle. */
export const verifyText = (bundle: { readonly origin: string; readonly number: number }): string =>
  `Evidence of erasure request ${bundle.number} in the log ${bundle.origin}.\n`
