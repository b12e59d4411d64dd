import { parquetSchema, type FileMetaData, type SchemaTree } from 'hyparquet'
import { refuse } from '../errors.js'
import { assertColumns, imageColumns, listed, type ColumnNames } from '../sources/describe-row.js'
import type { Leaf } from './read-leaf.js'

export interface ChosenLeaves {
  /** Bytes of the picture, and its path: at least one of the two. */
  readonly bytes: Leaf | null
  readonly path: Leaf | null
  /** Everything that may describe the picture: text and numbers. */
  readonly others: readonly Leaf[]
}

const isBytes = ({ element, children }: SchemaTree): boolean =>
  children.length === 0 && element.type === 'BYTE_ARRAY' && element.repetition_type !== 'REPEATED'
const isText = (node: SchemaTree): boolean =>
  isBytes(node) && (node.element.converted_type === 'UTF8' || node.element.logical_type?.type === 'STRING')
const isNumber = ({ element, children }: SchemaTree): boolean =>
  children.length === 0 &&
  ['INT32', 'INT64', 'BOOLEAN', 'FLOAT', 'DOUBLE'].includes(element.type ?? '') &&
  element.repetition_type !== 'REPEATED'

const part = ({ children }: SchemaTree, name: string): SchemaTree | undefined =>
  children.find((child) => child.element.name === name && isBytes(child))

/** The columns that make a sample. @throws DomainError SOURCE_COLUMNS when none holds pictures. */
export function chooseLeaves(metadata: FileMetaData, columns: ColumnNames, wanted: ReadonlySet<string>): ChosenLeaves {
  const root = parquetSchema(metadata)
  const names = root.children.map(({ element }) => element.name)
  assertColumns(columns, names)
  const image = chooseImage(root.children, columns.image)
  if (image === undefined)
    return refuse(
      'SOURCE_COLUMNS',
      `No column holds pictures (a struct with bytes and path, or binary); there are ${listed(names)}. ` +
        'Name it, or write the pictures themselves into one.',
      'columns.image',
    )
  const leaf = (node: SchemaTree | undefined, ...parents: SchemaTree[]): Leaf | null =>
    node ? { column: image.element.name, schemaPath: [root, ...parents, node] } : null
  const others = root.children
    .filter((node) => node !== image && wanted.has(node.element.name) && (isText(node) || isNumber(node)))
    .map((node) => ({ column: node.element.name, schemaPath: [root, node] }))
  if (image.children.length > 0)
    return { bytes: leaf(part(image, 'bytes'), image), path: leaf(part(image, 'path'), image), others }
  return isText(image)
    ? { bytes: null, path: leaf(image), others }
    : { bytes: leaf(image), path: leaf(root.children.find((node) => isPathBeside(node, image))), others }
}

const isPicture = (node: SchemaTree): boolean =>
  node.element.repetition_type !== 'REPEATED' && (part(node, 'bytes') !== undefined || (isBytes(node) && !isText(node)))

const isPathBeside = (node: SchemaTree, image: SchemaTree): boolean =>
  node !== image && isText(node) && ['file_name', 'filename', 'path'].includes(node.element.name)

/** The named column; else a struct of bytes and path, else binary; else paths under a usual name. */
function chooseImage(nodes: readonly SchemaTree[], named: string | undefined): SchemaTree | undefined {
  if (named !== undefined) return nodes.find((node) => node.element.name === named && (isPicture(node) || isText(node)))
  const pictures = nodes.filter(isPicture)
  const usual = (node: SchemaTree) => (imageColumns as readonly string[]).includes(node.element.name)
  return (
    pictures.find((node) => node.children.length > 0 && usual(node)) ??
    pictures.find((node) => node.children.length > 0) ??
    pictures.find(usual) ??
    pictures[0] ??
    nodes.find((node) => isText(node) && usual(node))
  )
}
