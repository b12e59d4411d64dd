import { DomainError } from '@lethe/domain'
import type { ModelCheckpoint } from '../checkpoint/model-checkpoint.js'
import type { LearningErrorCode } from '../learning-error.js'

/** Training produced an infinite or undefined number. `lastGood` is the checkpoint of the last whole epoch. */
export class TrainingDiverged extends DomainError<LearningErrorCode> {
  constructor(
    readonly lastGood: ModelCheckpoint,
    readonly epoch: number,
    readonly step: number,
  ) {
    super(
      'LOSS_NOT_FINITE',
      `The loss stopped being a finite number in epoch ${epoch}, step ${step}. Lower optimizer.learningRate or raise temperature.`,
      'optimizer.learningRate',
    )
  }
}
