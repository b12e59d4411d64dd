import type { NextRequest } from 'next/server'
import { forward } from '@/session/forward'

export const dynamic = 'force-dynamic'

export const POST = (request: NextRequest): Promise<Response> => forward(request, '/graphql/stream')
