export interface LineageNode {
  id: string
  parentId: string | null
}

export interface Placed {
  id: string
  parentId: string | null
  /** Generations from the root, from 0. */
  depth: number
  /** Row from the top, from 0; no two nodes share a row and a depth. */
  row: number
}

/**
 * Places a forest: a parent stands on the row of its first child, each further child begins a new row. A version whose
 * parent is not among the nodes is a root; a cycle, which no lineage has, is cut.
 */
export function layOutLineage(nodes: readonly LineageNode[]): Placed[] {
  const known = new Set(nodes.map(({ id }) => id))
  const parentOf = ({ parentId }: LineageNode): string | null =>
    parentId !== null && known.has(parentId) ? parentId : null
  const children = new Map<string | null, LineageNode[]>()
  for (const node of nodes) children.set(parentOf(node), [...(children.get(parentOf(node)) ?? []), node])
  const placed = new Map<string, Placed>()
  let nextRow = 0
  const place = (node: LineageNode, depth: number): void => {
    if (placed.has(node.id)) return
    const row = nextRow
    placed.set(node.id, { id: node.id, parentId: parentOf(node), depth, row })
    const below = (children.get(node.id) ?? []).filter(({ id }) => !placed.has(id))
    if (below.length === 0) nextRow++
    for (const child of below) place(child, depth + 1)
  }
  for (const root of children.get(null) ?? []) place(root, 0)
  for (const node of nodes) place(node, 0)
  return nodes.map(({ id }) => placed.get(id)).filter((node) => node !== undefined)
}
