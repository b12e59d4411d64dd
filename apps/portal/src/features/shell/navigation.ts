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
import { mayOpen } from '@/features/shell/screen-access'

export interface NavigationItem {
  href: string
  /** Key below `nav` in the messages. */
  label: string
  icon: LucideIcon
}

const items: readonly NavigationItem[] = [
  { href: '/', label: 'overview', icon: LayoutDashboard },
  { href: '/requests', label: 'requests', icon: FileSearch },
  { href: '/audits', label: 'audits', icon: FileCheck2 },
  { href: '/models', label: 'models', icon: Network },
  { href: '/datasets', label: 'datasets', icon: Database },
  { href: '/runs', label: 'runs', icon: Gauge },
  { href: '/evidence', label: 'evidence', icon: ScrollText },
  { href: '/sla', label: 'sla', icon: CalendarClock },
  { href: '/tenants', label: 'tenants', icon: Building2 },
  { href: '/reference', label: 'reference', icon: BookOpen },
  { href: '/notices', label: 'notices', icon: Bell },
  { href: '/settings', label: 'settings', icon: Settings },
]

export const navigationFor = (actions: readonly string[]): NavigationItem[] =>
  items.filter(({ href }) => mayOpen(actions, href))
