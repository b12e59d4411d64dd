import '@tanstack/react-table'

declare module '@tanstack/react-table' {
  interface ColumnMeta<TData, TValue> {
    /** Aligned right, never wrapped. */
    numeric?: boolean
  }
}
