import { Evidence } from '@/features/evidence/evidence'

export default async function EvidencePage({ searchParams }: { searchParams: Promise<{ request?: string }> }) {
  const { request } = await searchParams
  return <Evidence erasureRequestId={request} />
}
