import '@tanstack/react-table'

declare module '@tanstack/react-table' {
  interface ColumnMeta<TData, TValue> {
    /** Aligned right, never wrapped. */
    numeric?: boolean
    /** Left out on a narrow screen, where every cell takes a line. */
    wideOnly?: boolean
  }
}
