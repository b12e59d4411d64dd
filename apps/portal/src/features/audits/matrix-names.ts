/** Names of the matrices in an audit's file: `forget.before`, `held-out.gap` and so on. */
export const matrixSets = ['forget', 'held-out'] as const
export const matrixStages = ['before', 'after', 'gap'] as const
export type MatrixName = `${(typeof matrixSets)[number]}.${(typeof matrixStages)[number]}`
