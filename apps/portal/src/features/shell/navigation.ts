import {
  Bell,
  BookOpen,
  Building2,
  CalendarClock,
  Database,
  FileCheck2,
  FileSearch,
  Gauge,
  LayoutDashboard,
  Network,
  ScrollText,
  Settings,
  type LucideIcon,
} from 'lucide-react'

export interface NavigationItem {
  href: string
  /** Key below `nav` in the messages. */
  label: string
  icon: LucideIcon
  /** Any of these lets a viewer see it; none asked for: everybody. */
  needs: readonly string[]
}

const items: readonly NavigationItem[] = [
  { href: '/', label: 'overview', icon: LayoutDashboard, needs: ['tenant:read'] },
  { href: '/requests', label: 'requests', icon: FileSearch, needs: ['erasure:read'] },
  { href: '/audits', label: 'audits', icon: FileCheck2, needs: ['audit:read'] },
  { href: '/models', label: 'models', icon: Network, needs: ['model:read'] },
  { href: '/datasets', label: 'datasets', icon: Database, needs: ['dataset:read'] },
  { href: '/runs', label: 'runs', icon: Gauge, needs: ['run:read'] },
  { href: '/evidence', label: 'evidence', icon: ScrollText, needs: ['evidence:read'] },
  { href: '/sla', label: 'sla', icon: CalendarClock, needs: ['sla:read', 'platform:read'] },
  { href: '/tenants', label: 'tenants', icon: Building2, needs: ['platform:read'] },
  { href: '/reference', label: 'reference', icon: BookOpen, needs: [] },
  { href: '/notices', label: 'notices', icon: Bell, needs: ['tenant:read'] },
  { href: '/settings', label: 'settings', icon: Settings, needs: [] },
]

export const navigationFor = (actions: readonly string[]): NavigationItem[] =>
  items.filter(({ needs }) => needs.length === 0 || needs.some((action) => actions.includes(action)))
