/** First key that an object of this JSON text (known to be valid) has twice at any depth, or null. JSON.parse keeps the last in silence. */
export function duplicateKey(json: string): string | null {
  const open: Set<string>[] = []
  for (const match of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    const [token, colon] = match
    if (token === '{') open.push(new Set())
    else if (token === '}') open.pop()
    else if (colon !== undefined) {
      const key = JSON.parse(token.slice(0, token.length - colon.length)) as string
      const keys = open.at(-1)
      if (keys?.has(key) === true) return key
      keys?.add(key)
    }
  }
  return null
}
