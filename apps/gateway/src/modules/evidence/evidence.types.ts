import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql'
import { connectionType } from '../../graphql/connection.js'
import { DateTime } from '../../graphql/scalars.js'

export const EvidenceStatus = { PENDING: 'PENDING', PUBLISHED: 'PUBLISHED' } as const
export type EvidenceStatus = keyof typeof EvidenceStatus
registerEnumType(EvidenceStatus, { name: 'EvidenceStatus' })

@ObjectType('EvidenceEntry')
export class EvidenceEntry {
  @Field(() => Int)
  seq!: number

  @Field(() => String)
  kind!: string

  @Field(() => ID, { nullable: true })
  erasureRequestId!: string | null

  @Field(() => String, {
    description: 'The exact bytes that are hashed: an in-toto Statement v1 in RFC 8785 canonical JSON.',
  })
  body!: string

  @Field(() => String, { description: 'Base64 of the RFC 6962 leaf hash.' })
  leafHash!: string

  @Field(() => DateTime)
  createdAt!: Date
}

@ObjectType('LogCheckpoint')
export class LogCheckpoint {
  @Field(() => Int)
  size!: number

  @Field(() => String, { description: 'Base64 of the root hash.' })
  root!: string

  @Field(() => String, { description: 'The signed note (C2SP tlog-checkpoint).' })
  note!: string

  @Field(() => String)
  keyId!: string

  @Field(() => DateTime)
  createdAt!: Date
}

@ObjectType('InclusionProof')
export class InclusionProof {
  @Field(() => Int)
  leafIndex!: number

  @Field(() => Int)
  treeSize!: number

  @Field(() => [String], { description: 'Base64 SHA-256 hashes, leaf to root.' })
  hashes!: string[]

  @Field(() => LogCheckpoint)
  checkpoint!: LogCheckpoint
}

@ObjectType('EvidenceLog')
export class EvidenceLog {
  @Field(() => String)
  origin!: string

  @Field(() => String, {
    description: 'Verifier key (C2SP vkey). Compare it with the one you were given by another way.',
  })
  verifierKey!: string

  @Field(() => [String], {
    description:
      'Lines of a trust roots file for `lethe verify`: every key of this log. Compare them with those you were given by another way.',
  })
  trustRoots!: readonly string[]

  @Field(() => Int)
  size!: number
}

export const EvidenceConnection = connectionType(EvidenceEntry, 'Evidence')
export const LogCheckpointConnection = connectionType(LogCheckpoint, 'LogCheckpoint')
