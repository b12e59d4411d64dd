import { Field, Float, Int, ObjectType } from 'type-graphql'
import { DateTime } from '../../graphql/scalars.js'

@ObjectType('BreachForecast', {
  description: 'How likely an answer is to be late, as of the last day that was foretold.',
})
export class BreachForecast {
  @Field(() => Float)
  probability!: number

  @Field(() => DateTime)
  at!: Date

  @Field(() => String, { description: 'identity, planning, approval, work or erasing.' })
  stage!: string

  @Field(() => Int, { description: 'Fulfilled requests that it rests on, beside a prior that is worth two.' })
  finishedRequests!: number
}

@ObjectType('CalibrationBin')
export class CalibrationBin {
  @Field(() => Float)
  from!: number

  @Field(() => Float)
  to!: number

  @Field(() => Int)
  forecasts!: number

  @Field(() => Float, { nullable: true, description: 'Mean of what was foretold.' })
  foretold!: number | null

  @Field(() => Float, { nullable: true, description: 'Share that was late.' })
  observed!: number | null
}

@ObjectType('ForecastQuality', { description: 'How good forecasts have been whose clock has ended since.' })
export class ForecastQuality {
  @Field(() => Int)
  forecasts!: number

  @Field(() => Int, { description: 'Forecasts of one clock hang together, so this says how much there really is.' })
  clocks!: number

  @Field(() => Float, {
    nullable: true,
    description: 'Brier score: 0 is perfect, .25 is what always saying one half earns.',
  })
  brier!: number | null

  @Field(() => Float, {
    nullable: true,
    description: 'What always foretelling the share that was late would have earned.',
  })
  baseline!: number | null

  @Field(() => [CalibrationBin])
  bins!: CalibrationBin[]
}

@ObjectType('ClockNotice', { description: 'What was said about a deadline: by webhook and mail.' })
export class ClockNotice {
  @Field(() => String)
  deadline!: string

  @Field(() => String, { description: 'P7D, P2D, P0D, quarter-left or over.' })
  threshold!: string

  @Field(() => DateTime)
  dueAt!: Date

  @Field(() => DateTime)
  at!: Date
}
