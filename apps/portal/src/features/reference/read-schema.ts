export interface SchemaBlock {
  /** type, input, enum, union, interface or scalar. */
  kind: string
  name: string
  description: string
  source: string
}

const head = /^(type|input|enum|union|interface|scalar)\s+(\w+)/

/** Cuts a schema as it is printed (one definition after the other, each closed by a brace in the first column). */
export function readSchema(sdl: string): SchemaBlock[] {
  const blocks: SchemaBlock[] = []
  let description: string[] = []
  let isDescribing = false
  let open: SchemaBlock | null = null
  for (const line of sdl.split('\n')) {
    if (open) {
      open.source += `\n${line}`
      if (line === '}') open = null
    } else if (line === '"""') {
      if (!isDescribing) description = []
      isDescribing = !isDescribing
    } else if (isDescribing) {
      description.push(line.trim())
    } else {
      const [, kind, name] = head.exec(line) ?? []
      if (kind === undefined || name === undefined) continue
      const block = { kind, name, description: description.join(' '), source: line }
      blocks.push(block)
      description = []
      if (line.endsWith('{')) open = block
    }
  }
  return blocks
}
