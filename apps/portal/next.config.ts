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
}

export default createNextIntlPlugin('./src/i18n/request.ts')(config)
