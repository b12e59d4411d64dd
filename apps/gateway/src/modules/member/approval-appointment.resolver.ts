import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql'
import type { Context } from '../../context.js'
import { Approval } from '../erasure/erasure.types.js'
import { appointedBy } from './appointment.js'

@Resolver(() => Approval)
export class ApprovalAppointmentResolver {
  @FieldResolver(() => Boolean, {
    description: 'Whoever raised the request gave the approver their role: two people, but not quite four eyes.',
  })
  async appointedByRequester(@Root() { userId, requestedBy, at }: Approval, @Ctx() context: Context) {
    return appointedBy(await context.scope().loaders.membershipChangesOfPerson.load(userId), at) === requestedBy
  }
}
