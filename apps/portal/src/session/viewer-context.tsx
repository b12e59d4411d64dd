'use client'
import { createContext, useContext, type ReactNode } from 'react'
import type { Viewer } from '@/session/viewer'

const ViewerContext = createContext<Viewer | null>(null)

export function ViewerProvider({ viewer, children }: { viewer: Viewer; children: ReactNode }) {
  return <ViewerContext value={viewer}>{children}</ViewerContext>
}

/** Only below the signed-in layout. */
export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext)
  if (viewer === null) throw new Error('useViewer needs a ViewerProvider above it')
  return viewer
}

export function useMay(action: string): boolean {
  return useViewer().actions.includes(action)
}
