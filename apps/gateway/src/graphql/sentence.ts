import { Field, ObjectType } from 'type-graphql'
import { Json } from './scalars.js'

@ObjectType('Sentence', {
  description: 'What the platform says, in codes: to be said in the language of whoever reads it.',
})
export class Sentence {
  @Field(() => String, { description: 'Which sentence; new ones may come.' })
  code!: string

  @Field(() => Json, { description: 'Figures, names, instants and codes that stand in it, by name.' })
  facts!: Readonly<Record<string, unknown>>
}
