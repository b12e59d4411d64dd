export const dynamic = 'force-dynamic'

/** 200 while the process answers at all. */
export const GET = (): Response => new Response(null, { status: 200 })
