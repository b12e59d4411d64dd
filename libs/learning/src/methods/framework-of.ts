import type { Samples, TrainingRecipe } from '@lethe/domain'
import type { ContrastiveModel } from '../model/contrastive-model.js'
import { clip } from './clip.js'
import type { Framework } from './framework.js'
import { moco } from './moco.js'
import { simclr } from './simclr.js'

/** The framework that a recipe names, over the sets that its batches number. */
export function frameworkOf(recipe: TrainingRecipe, model: ContrastiveModel, sets: readonly Samples[]): Framework {
  switch (recipe.framework) {
    case 'simclr':
      return simclr(recipe)
    case 'moco':
      return moco(recipe, model, sets)
    case 'clip':
      return clip(recipe, sets)
  }
}
