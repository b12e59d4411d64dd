/** Of a Fastify server. */
interface Printable {
  printRoutes(options: { commonPrefix: boolean }): string
}

/** `METHOD /path` of everything that Fastify serves, HEAD beside GET and answers to CORS left out. */
export function routesOf(app: Printable): string[] {
  const parents: string[] = []
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const parsed = /^([│ ]*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/.exec(line)
      if (parsed === null) return []
      const [, indent = '', part = '', methods = ''] = parsed
      const depth = indent.length / 4
      parents.length = depth
      const path = (parents[depth - 1] ?? '') + part
      parents[depth] = path
      return methods
        .split(', ')
        .filter((method) => method !== '' && method !== 'HEAD' && method !== 'OPTIONS')
        .map((method) => `${method} ${path}`)
    })
}
