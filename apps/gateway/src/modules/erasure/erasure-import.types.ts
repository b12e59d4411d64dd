import { createUnionType, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql'
import { UserError } from '../../graphql/user-error.js'
import { ErasureRequest } from './erasure.types.js'

export const ImportOutcome = { TAKEN_IN: 'TAKEN_IN', KNOWN: 'KNOWN', VALID: 'VALID', REFUSED: 'REFUSED' } as const
export type ImportOutcome = keyof typeof ImportOutcome
registerEnumType(ImportOutcome, {
  name: 'ErasureImportOutcome',
  valuesConfig: {
    TAKEN_IN: { description: 'It is a request now.' },
    KNOWN: { description: 'It was taken in before under the same key.' },
    VALID: { description: 'It would be taken in; this was a dry run.' },
    REFUSED: { description: 'It is wrong; nothing came of it.' },
  },
})

@InputType('ImportErasuresInput')
export class ImportErasuresInput {
  @Field(() => String, {
    description: 'The same key lets a mended list be sent again: what was taken in stays one request.',
  })
  idempotencyKey!: string

  @Field(() => String, {
    description:
      'RFC 4180 with a head of subject_key, content_id, ground, received_at and statute: one request a row, at most 1,000.',
  })
  csv!: string

  @Field(() => Boolean, { defaultValue: false, description: 'Say of each row what would come of it; change nothing.' })
  dryRun!: boolean
}

@ObjectType('ErasureImportRow')
export class ErasureImportRow {
  @Field(() => Int, { description: 'As a spreadsheet counts: the head is row 1.' })
  row!: number

  @Field(() => ImportOutcome)
  outcome!: ImportOutcome

  @Field(() => String, { nullable: true })
  code!: string | null

  @Field(() => String, { nullable: true, description: 'The column that is wrong.' })
  field!: string | null

  @Field(() => String, { nullable: true })
  message!: string | null

  @Field(() => ErasureRequest, { nullable: true })
  request!: ErasureRequest | null
}

@ObjectType('ErasureImport')
export class ErasureImport {
  @Field(() => Boolean)
  isDryRun!: boolean

  @Field(() => Int, { description: 'Rows that were taken in, or would be.' })
  accepted!: number

  @Field(() => Int)
  known!: number

  @Field(() => Int)
  refused!: number

  @Field(() => [ErasureImportRow])
  rows!: ErasureImportRow[]
}

export const ErasureImportResult = createUnionType({
  name: 'ErasureImportResult',
  types: () => [ErasureImport, UserError] as const,
})
