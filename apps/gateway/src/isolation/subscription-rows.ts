import type { SubscriptionRow } from './row.js'

/** One row for each field of Subscription; the matrix fails where one is missing. */
export const subscriptionRows: Readonly<Record<string, SubscriptionRow>> = {
  runProgress: { document: 'subscription ($run: ID!) { runProgress(runId: $run) { runId } }', foreign: 'NOT_FOUND' },
  erasureRequestChanged: {
    document: 'subscription ($erasureRequest: ID!) { erasureRequestChanged(id: $erasureRequest) { id } }',
    foreign: 'NOT_FOUND',
  },
  tenantChanged: { document: 'subscription { tenantChanged { aggregate id } }', foreign: 'silence' },
}
