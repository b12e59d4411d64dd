import { EMOJI_ATTRIBUTION, emojiDataset } from '@lethe/datasets'
import { AuditPolicy, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import type { Scenario } from './scenario.js'

const FORGET_OWNER = 'studio-okonkwo'
const SEED = 20

interface Preset {
  readonly cost: string
  readonly trainCount: number
  readonly heldOutCount: number
  readonly epochs: number
  readonly unlearnEpochs: number
  readonly repairEpochs: number
  readonly withRetrain: boolean
  readonly views: number
}

/** Sized by measurement on two cores; see ARCHITECTURE.md for the figures. */
const presets: Readonly<Record<'native' | 'wasm', Preset>> = {
  native: {
    cost: 'full size on TensorFlow; about 5 minutes on 2 cores',
    trainCount: 480,
    heldOutCount: 600,
    epochs: 400,
    unlearnEpochs: 10,
    repairEpochs: 5,
    withRetrain: true,
    views: 10,
  },
  wasm: {
    cost: 'smaller, because WASM trains several times slower than TensorFlow; about 12 minutes on 2 cores',
    trainCount: 240,
    heldOutCount: 400,
    epochs: 250,
    unlearnEpochs: 10,
    repairEpochs: 5,
    withRetrain: false,
    views: 10,
  },
}

/** Emoji pictures of four studios, one of which wants its fifth of them forgotten. */
export function emojiScenario(backend: string): Scenario {
  const name = backend === 'wasm' || backend === 'cpu' ? 'wasm' : 'native'
  const preset = presets[name]
  const learningRate = 0.12
  const budget = { epochs: preset.unlearnEpochs, learningRate: learningRate / 6, seed: SEED + 1 }
  const retrain = { method: 'retrain', seed: SEED + 2 } as const
  return {
    name: `emoji-${name}`,
    cost: preset.cost,
    tenant: { name: 'Aster Vision', slug: 'aster-vision', timeZone: 'Europe/Berlin' },
    otherTenant: { name: 'Borealis Labs', slug: 'borealis-labs', timeZone: 'America/Los_Angeles' },
    dataset: {
      name: 'Emoji by studio',
      description: 'Emoji with their names, drawn by four studios; the rest of the set is held out for audits.',
      attribution: EMOJI_ATTRIBUTION,
      imageSize: 32,
      build: async () => (await buildEmoji(preset)).tar,
    },
    modelName: 'emoji-encoder',
    recipe: TrainingRecipe.parse({
      framework: 'simclr',
      encoder: { kind: 'compact-conv' },
      views: { strength: 0.5, flip: true },
      temperature: 0.1,
      epochs: preset.epochs,
      batchSize: 64,
      optimizer: { learningRate },
      seed: SEED,
    }),
    forgetOwner: FORGET_OWNER,
    ground: 'GDPR Art. 17(1)(b): the studio has withdrawn its consent to training on its drawings.',
    unlearning: UnlearningRecipe.parse({
      method: 'alignment-calibration',
      ...budget,
      repairEpochs: preset.repairEpochs,
    }),
    comparisons: [
      UnlearningRecipe.parse({ method: 'fine-tune', ...budget, epochs: preset.unlearnEpochs + preset.repairEpochs }),
      ...(preset.withRetrain ? [retrain] : []),
    ],
    policy: AuditPolicy.parse({ version: 1, views: preset.views }),
  }
}

const buildEmoji = ({ trainCount, heldOutCount }: Preset) =>
  emojiDataset({
    trainCount,
    calibrationCount: 100,
    heldOutCount,
    owners: [
      { key: 'atelier-lindqvist', share: 0.3 },
      { key: 'bureau-moreau', share: 0.25 },
      { key: 'casa-ferrante', share: 0.25 },
      { key: FORGET_OWNER, share: 0.2 },
    ],
    referenceOwner: 'open-reference-set',
    seed: SEED,
  })
