import type { NextRequest } from 'next/server'
import { forward } from '@/session/forward'

export const dynamic = 'force-dynamic'

/** Samples, matrices, uploads: the parts of the gateway that are bytes. */
async function handle(request: NextRequest, { params }: { params: Promise<{ path: string[] }> }): Promise<Response> {
  const { path } = await params
  if (path.some((part) => part === '..' || part === '.')) return new Response(null, { status: 404 })
  return forward(request, `/v1/${path.map(encodeURIComponent).join('/')}${request.nextUrl.search}`)
}

export { handle as GET, handle as HEAD, handle as PUT, handle as PATCH, handle as POST }
