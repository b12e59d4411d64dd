import { notFound } from 'next/navigation'
import { EvidenceEntry } from '@/features/evidence/evidence-entry'

export default async function EvidenceEntryPage({ params }: { params: Promise<{ seq: string }> }) {
  const { seq } = await params
  if (!/^\d{1,9}$/.test(seq)) notFound()
  return <EvidenceEntry seq={Number(seq)} />
}
