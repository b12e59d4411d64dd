import 'reflect-metadata'
import type { GraphQLSchema } from 'graphql'
import { lexicographicSortSchema, printSchema } from 'graphql'
import { buildSchemaSync } from 'type-graphql'
import { ApiKeyResolver } from '../modules/api-key/api-key.resolver.js'
import { AuditResolver } from '../modules/audit/audit.resolver.js'
import { AuditorAccessResolver } from '../modules/auditor-access/auditor-access.resolver.js'
import { BundleResolver, RequestBundlesResolver } from '../modules/bundle/bundle.resolver.js'
import { CalendarResolver } from '../modules/calendar/calendar.resolver.js'
import { ClockMutations } from '../modules/clock/clock.mutations.js'
import { CostResolver } from '../modules/cost/cost.resolver.js'
import { ClockResolver } from '../modules/clock/clock.resolver.js'
import { DatasetMutations } from '../modules/dataset/dataset.mutations.js'
import { DatasetResolver } from '../modules/dataset/dataset.resolver.js'
import { DatasetVersionResolver, SampleResolver } from '../modules/dataset/dataset-version.resolver.js'
import { ErasureMutations } from '../modules/erasure/erasure.mutations.js'
import {
  AffectedVersionResolver,
  ApprovalResolver,
  PlanItemResolver,
  PlanOptionResolver,
} from '../modules/erasure/erasure-parts.resolver.js'
import { ErasureResolver } from '../modules/erasure/erasure.resolver.js'
import { ErasureSubscriptions } from '../modules/erasure/erasure.subscriptions.js'
import { EvidenceLogResolver, EvidenceResolver } from '../modules/evidence/evidence.resolver.js'
import {
  ChallengeOfRequestResolver,
  IdentityChallengeResolver,
} from '../modules/identity-challenge/identity-challenge.resolver.js'
import { ApprovalAppointmentResolver } from '../modules/member/approval-appointment.resolver.js'
import { InvitationResolver } from '../modules/member/invitation.resolver.js'
import { MemberResolver, MembershipChangeResolver } from '../modules/member/member.resolver.js'
import { ModelMutations } from '../modules/model/model.mutations.js'
import { ModelResolver, PromotionResolver } from '../modules/model/model.resolver.js'
import { ModelVersionResolver } from '../modules/model/model-version.resolver.js'
import { NoticeResolver } from '../modules/notice/notice.resolver.js'
import { OverviewResolver } from '../modules/overview/overview.resolver.js'
import { OwnerAuditMutations } from '../modules/owner-audit/owner-audit.mutations.js'
import { PlatformResolver } from '../modules/platform/platform.resolver.js'
import { ReviewResolver } from '../modules/review/review.resolver.js'
import { RunResolver } from '../modules/run/run.resolver.js'
import { SlaBoardResolver } from '../modules/sla-board/sla-board.resolver.js'
import { NodeResolver } from '../modules/viewer/node.resolver.js'
import { SsoResolver } from '../modules/sso/sso.resolver.js'
import { SubjectResolver } from '../modules/subject/subject.resolver.js'
import { TenantSubscriptions } from '../modules/viewer/tenant.subscriptions.js'
import { ViewerResolver } from '../modules/viewer/viewer.resolver.js'
import { WebhookMutations } from '../modules/webhook/webhook.mutations.js'
import { WebhookDeliveryResolver, WebhookResolver } from '../modules/webhook/webhook.resolver.js'
import { boundExecution } from './bound-execution.js'
import { guardSchema } from './requires.js'

const neverUsed = {
  publish: (): void => undefined,
  subscribe: (): never => {
    throw new Error('Every subscription brings its own source.')
  },
}

/** The executable schema, every root field behind its action. */
export function createSchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: [
      ViewerResolver,
      NodeResolver,
      OverviewResolver,
      DatasetResolver,
      DatasetVersionResolver,
      SampleResolver,
      DatasetMutations,
      ModelResolver,
      ModelVersionResolver,
      PromotionResolver,
      ModelMutations,
      RunResolver,
      ErasureResolver,
      PlanItemResolver,
      PlanOptionResolver,
      AffectedVersionResolver,
      ApprovalResolver,
      ChallengeOfRequestResolver,
      IdentityChallengeResolver,
      ErasureMutations,
      ErasureSubscriptions,
      AuditResolver,
      OwnerAuditMutations,
      ReviewResolver,
      ClockResolver,
      ClockMutations,
      CalendarResolver,
      EvidenceResolver,
      EvidenceLogResolver,
      BundleResolver,
      RequestBundlesResolver,
      SlaBoardResolver,
      MemberResolver,
      InvitationResolver,
      ApprovalAppointmentResolver,
      MembershipChangeResolver,
      ApiKeyResolver,
      SsoResolver,
      AuditorAccessResolver,
      PlatformResolver,
      SubjectResolver,
      NoticeResolver,
      CostResolver,
      WebhookResolver,
      WebhookDeliveryResolver,
      WebhookMutations,
      TenantSubscriptions,
    ],
    // Inputs are judged by the use cases, by the same schemas as everywhere else.
    validate: false,
    pubSub: neverUsed,
  })
  return boundExecution(guardSchema(schema))
}

/** The schema as text whose lines do not depend on the order of declaration. */
export const printSorted = (schema: GraphQLSchema): string => printSchema(lexicographicSortSchema(schema))
