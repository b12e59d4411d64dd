import { Runs } from '@/features/runs/runs'

export default function RunsPage() {
  return <Runs />
}
