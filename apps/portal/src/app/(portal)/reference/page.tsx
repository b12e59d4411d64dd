import { Reference } from '@/features/reference/reference'

export default function ReferencePage() {
  return <Reference />
}
