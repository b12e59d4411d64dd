import { NextResponse, type NextRequest } from 'next/server'
import { isDevelopment } from '@/session/env'
import { sessionCookie } from '@/session/tokens'

/** Only this host, only scripts and styles that carry this answer's nonce, never in a frame. */
const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ')

/** Pages for people who are not signed in, or not yet. */
const forAnybody = new Set([
  '/sign-in',
  '/sign-up',
  '/forgot-password',
  '/reset-password',
  '/invitation',
  '/confirm-request',
])

export function proxy(request: NextRequest): NextResponse {
  const { pathname } = request.nextUrl
  if (!forAnybody.has(pathname) && !request.cookies.has(sessionCookie)) {
    const target = new URL('/sign-in', request.url)
    if (pathname !== '/') target.searchParams.set('to', pathname)
    return NextResponse.redirect(target)
  }
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
  const contentSecurityPolicy = policy(nonce)
  const headers = new Headers(request.headers)
  headers.set('x-nonce', nonce)
  headers.set('content-security-policy', contentSecurityPolicy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', contentSecurityPolicy)
  response.headers.set('referrer-policy', 'same-origin')
  response.headers.set('x-content-type-options', 'nosniff')
  response.headers.set('cross-origin-opener-policy', 'same-origin')
  response.headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()')
  return response
}

export const config = { matcher: ['/((?!api/|_next/|livez|readyz|verify.html|icon.svg|favicon.ico).*)'] }
