import { type Action, DomainError, mayDo } from '@lethe/domain'
import { defaultFieldResolver, type GraphQLFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql'
import { Extensions } from 'type-graphql'
import { hasCases, may } from '../access/may.js'
import type { Context } from '../context.js'
import type { SignedIn } from '../tenant-viewer.js'
import { forbidden, unauthenticated } from './refusals.js'

/** What a field asks of its viewer: an action of the table of roles, or nothing (`anyone`). */
export type Requirement = Action | 'anyone'

/** Marks a field. A field of Query, Mutation or Subscription without a mark refuses everybody. */
export const Requires = (requirement: Requirement): MethodDecorator => Extensions({ requirement })

export const requirementOf = (extensions: Readonly<Record<string, unknown>>): Requirement | undefined =>
  extensions['requirement'] as Requirement | undefined

export function assertAllowed(viewer: SignedIn | null, requirement: Requirement | undefined): void {
  if (requirement === 'anyone') return
  if (viewer === null) throw unauthenticated()
  if (requirement === undefined || !mayDo(viewer.role, requirement)) throw forbidden()
  if (may(viewer, requirement)) return
  if (hasCases(viewer)) throw forbidden('An API key cannot do this; a person must, signed in as themselves.')
  throw viewer.cases?.hasEnded
    ? new DomainError('AUDITOR_ACCESS_ENDED', 'Your access to the cases has ended; ask who granted it for a new one.')
    : new DomainError('AUDITOR_ACCESS_MISSING', 'No case is open to you yet; a privacy officer or owner grants access.')
}

/** @throws DomainError TENANT_SUSPENDED: a suspended tenant is read-only */
export function assertWritable(viewer: SignedIn | null): void {
  if (viewer?.tenant?.isSuspended !== true) return
  throw new DomainError(
    'TENANT_SUSPENDED',
    'This tenant is suspended and can only be read; ask the platform that runs it.',
  )
}

type Resolve = GraphQLFieldResolver<unknown, Context>

const guard =
  (resolve: Resolve, requirement: Requirement | undefined, isMutation: boolean): Resolve =>
  (source, args, context, info) => {
    assertAllowed(context.viewer, requirement)
    if (isMutation) assertWritable(context.viewer)
    return resolve(source, args, context, info)
  }

/** Puts the check before every marked field and, marked or not, before every root field. */
export function guardSchema(schema: GraphQLSchema): GraphQLSchema {
  const roots = new Set([schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()])
  for (const type of Object.values(schema.getTypeMap())) {
    if (!('getInterfaces' in type) || !('isTypeOf' in type) || type.name.startsWith('__')) continue
    const isRoot = roots.has(type as GraphQLObjectType)
    const isMutation = type === schema.getMutationType()
    for (const field of Object.values((type as GraphQLObjectType<unknown, Context>).getFields())) {
      const requirement = requirementOf(field.extensions)
      if (!isRoot && requirement === undefined) continue
      field.resolve = guard(field.resolve ?? defaultFieldResolver, requirement, isMutation)
      if (field.subscribe) field.subscribe = guard(field.subscribe, requirement, false)
    }
  }
  return schema
}
