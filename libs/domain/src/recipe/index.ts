export * from './encoder-config.js'
export * from './training-recipe.js'
export * from './unlearning-recipe.js'
