import { Role } from '@lethe/domain'
import { Field, ID, InputType, ObjectType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { Node } from '../../graphql/node.js'
import { DateTime } from '../../graphql/scalars.js'

@ObjectType('SsoProvider', {
  implements: Node,
  description: 'An OpenID provider that signs in the people of one domain, once the domain is shown to be yours.',
})
export class SsoProvider extends Node {
  @Field(() => String)
  issuer!: string

  @Field(() => String)
  clientId!: string

  @Field(() => String)
  domain!: string

  @Field(() => String, { description: 'Name of the DNS record of type TXT that shows the domain to be yours.' })
  proofName!: string

  @Field(() => String, { description: 'What this record says.' })
  proofValue!: string

  @Field(() => DateTime, { nullable: true, description: 'Nobody is signed in before.' })
  domainVerifiedAt!: Date | null

  @Field(() => Role.enum, {
    nullable: true,
    description: 'What people become who were never invited. Null: they are refused.',
  })
  newcomerRole!: Role | null

  @Field(() => String, { description: 'The redirect URI to enter at the provider.' })
  redirectUri!: string

  @Field(() => DateTime)
  createdAt!: Date
}

export const SsoProviderConnection = connectionType(SsoProvider, 'SsoProvider')

@InputType('RegisterSsoProviderInput')
export class RegisterSsoProviderInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => String, { description: 'As the provider names itself: an https address, letter by letter.' })
  issuer!: string

  @Field(() => String)
  clientId!: string

  @Field(() => String, { description: 'Kept encrypted, and shown to nobody.' })
  clientSecret!: string

  @Field(() => String, { description: 'Part of addresses behind the @.' })
  domain!: string

  @Field(() => Role.enum, { nullable: true, description: 'engineer, data_owner or auditor, where it is given.' })
  newcomerRole?: Role | null
}

@InputType('SsoProviderInput')
export class SsoProviderInput {
  @Field(() => String)
  idempotencyKey!: string

  @Field(() => ID)
  ssoProviderId!: string
}

@ObjectType('RemovedSsoProvider')
export class RemovedSsoProvider {
  @Field(() => ID)
  ssoProviderId!: string
}
