const NEWLINE = 0x0a

/** Lines without their newline. A last line that has none was cut off and is given as it is. */
export function* linesOf(bytes: Uint8Array): Generator<Uint8Array, undefined> {
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, from)
    yield bytes.subarray(from, end === -1 ? bytes.length : end)
    if (end === -1) return
    from = end + 1
  }
}

export const endsWithNewline = (bytes: Uint8Array): boolean => bytes.at(-1) === NEWLINE
