import { LoadingPage } from '@/ui/states'

export default function Loading() {
  return <LoadingPage />
}
