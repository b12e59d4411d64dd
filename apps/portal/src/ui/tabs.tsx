'use client'
import { Tabs as RadixTabs } from 'radix-ui'
import { type ReactNode, useEffect, useState } from 'react'
import { Loading } from '@/ui/states'

interface Tab {
  id: string
  label: ReactNode
  content: ReactNode
}

/** Rendered in the browser only: Radix writes style attributes, which the page's policy forbids in what the server sends. */
export function Tabs({ label, tabs, initial }: { label: string; tabs: readonly Tab[]; initial?: string }) {
  const [isInBrowser, setInBrowser] = useState(false)
  useEffect(() => setInBrowser(true), [])
  if (!isInBrowser) return <Loading />
  return (
    <RadixTabs.Root defaultValue={initial ?? tabs[0]?.id ?? ''} className="grid min-w-0 gap-4">
      <RadixTabs.List aria-label={label} className="flex gap-1 overflow-x-auto border-b" data-print="hide">
        {tabs.map((tab) => (
          <RadixTabs.Trigger
            key={tab.id}
            value={tab.id}
            className="-mb-px border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-ink-2 hover:text-ink data-[state=active]:border-accent data-[state=active]:text-ink"
          >
            {tab.label}
          </RadixTabs.Trigger>
        ))}
      </RadixTabs.List>
      {tabs.map((tab) => (
        <RadixTabs.Content key={tab.id} value={tab.id} className="grid min-w-0 gap-5">
          {tab.content}
        </RadixTabs.Content>
      ))}
    </RadixTabs.Root>
  )
}
