import { parseSafetensors } from '@lethe/safetensors'
import { DomainError } from '@lethe/domain'

/** A square matrix, row-major. */
export interface Matrix {
  readonly size: number
  readonly data: Float32Array
}

export type Stages = Readonly<Record<'before' | 'after' | 'gap', Matrix>>

/** The matrices of both sets before, after and their gap; of pictures, or of pictures and texts. */
export interface MatrixGroup {
  readonly forget: Stages
  readonly heldOut: Stages
}

export interface AuditMatrices {
  readonly pictures: MatrixGroup
  /** Null where the audit had no texts. */
  readonly texts: MatrixGroup | null
}

/** @throws DomainError MATRICES_INVALID, or SAFETENSORS_*. */
export function readAuditMatrices(bytes: Uint8Array): AuditMatrices {
  const { tensors } = parseSafetensors(bytes)
  const matrix = (name: string): Matrix => {
    const tensor = tensors.get(name)
    const [size = 0, columns] = tensor?.shape ?? []
    if (tensor?.dtype === 'F32' && tensor.shape.length === 2 && size === columns && size > 0)
      return { size, data: tensor.data }
    throw new DomainError(
      'MATRICES_INVALID',
      'These matrices are not those of an audit; take those beside its report.',
      name,
    )
  }
  const stages = (prefix: string): Stages => ({
    before: matrix(`${prefix}.before`),
    after: matrix(`${prefix}.after`),
    gap: matrix(`${prefix}.gap`),
  })
  const group = (suffix: string): MatrixGroup => ({
    forget: stages(`forget${suffix}`),
    heldOut: stages(`held-out${suffix}`),
  })
  return { pictures: group(''), texts: tensors.has('forget.texts.before') ? group('.texts') : null }
}

/** What a matrix says in four numbers. */
export function summarise({ size, data }: Matrix) {
  let diagonal = 0
  let rest = 0
  let low = Infinity
  let high = -Infinity
  data.forEach((value, index) => {
    if (index % (size + 1) === 0) diagonal += value
    else rest += value
    low = Math.min(low, value)
    high = Math.max(high, value)
  })
  return { diagonal: diagonal / size, rest: size > 1 ? rest / (size * (size - 1)) : 0, low, high }
}
