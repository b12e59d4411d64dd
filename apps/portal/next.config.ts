import { join } from 'node:path'
import type { NextConfig } from 'next'
import createNextIntlPlugin from 'next-intl/plugin'

const config: NextConfig = {
  output: 'standalone',
  outputFileTracingRoot: join(import.meta.dirname, '../..'),
  turbopack: { root: join(import.meta.dirname, '../..') },
  poweredByHeader: false,
  // Compression would hold back the lines of an event stream.
  compress: false,
  devIndicators: false,
  images: { unoptimized: true },
  // Anybody may take the offline verifier; its own policy, in the page, allows it nothing but itself.
  headers: () =>
    Promise.resolve([
      {
        source: '/verify.html',
        headers: [
          { key: 'x-content-type-options', value: 'nosniff' },
          { key: 'x-frame-options', value: 'DENY' },
          { key: 'referrer-policy', value: 'no-referrer' },
        ],
      },
    ]),
}

export default createNextIntlPlugin('./src/i18n/request.ts')(config)
