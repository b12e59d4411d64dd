import { Arg, createUnionType, Ctx, Mutation, Resolver } from 'type-graphql'
import type { Context } from '../../context.js'
import { required } from '../../graphql/batching.js'
import { Requires } from '../../graphql/requires.js'
import { answerOf, UserError } from '../../graphql/user-error.js'
import { shapeEvidence } from '../evidence/evidence.reads.js'
import { EvidenceEntry } from '../evidence/evidence.types.js'
import { countersignatureEvidence, countersignOwnerAudit } from './countersign-owner-audit.js'
import { CountersignOwnerAuditInput } from './owner-audit.inputs.js'

const CountersignOwnerAuditResult = createUnionType({
  name: 'CountersignOwnerAuditResult',
  types: () => [EvidenceEntry, UserError] as const,
})

@Resolver()
export class OwnerAuditMutations {
  @Requires('audit:countersign')
  @Mutation(() => CountersignOwnerAuditResult, {
    description: `Puts an audit that its data owner ran and signed on record, after checking signature and digests: the owner and the platform
have then both signed. Statistics are not computed again.`,
  })
  countersignOwnerAudit(
    @Arg('input', () => CountersignOwnerAuditInput) input: CountersignOwnerAuditInput,
    @Ctx() context: Context,
  ) {
    return answerOf(async () => {
      const scope = context.scope()
      const id = await countersignOwnerAudit(scope, input)
      return shapeEvidence(required(await countersignatureEvidence(scope, input.erasureRequestId, id)))
    })
  }
}
