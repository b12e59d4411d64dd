import { EMOJI_ATTRIBUTION, emojiDataset } from '@lethe/datasets'
import { AuditPolicy, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'
import type { Scenario } from './scenario.js'

const FORGET_OWNER = 'studio-okonkwo'
const SEED = 20

interface Preset {
  readonly cost: string
  readonly epochs: number
  readonly withRetrain: boolean
}

/** Sized by measurement on two cores. Both remember enough to be asked about, and hold enough pictures to answer. */
const presets: Readonly<Record<'native' | 'wasm', Preset>> = {
  native: { cost: 'full size on TensorFlow, about 3 minutes on 2 cores', epochs: 300, withRetrain: true },
  wasm: {
    cost: 'fewer epochs and no retraining, because WASM trains several times slower; about 7 minutes on 2 cores',
    epochs: 240,
    withRetrain: false,
  },
}

const TRAIN_COUNT = 540
const CALIBRATION_COUNT = 100
const LEARNING_RATE = 0.25
const UNLEARNING_RATE = 0.04
const UNLEARN_EPOCHS = 10
const REPAIR_EPOCHS = 5

/** Emoji pictures of four studios, one of which wants its fifth of them forgotten. */
export function emojiScenario(backend: string): Scenario {
  const name = backend === 'wasm' || backend === 'cpu' ? 'wasm' : 'native'
  const preset = presets[name]
  const budget = { learningRate: UNLEARNING_RATE, seed: SEED + 1 }
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
      build: buildEmoji,
    },
    modelName: 'emoji-encoder',
    recipe: TrainingRecipe.parse({
      framework: 'simclr',
      encoder: { kind: 'compact-conv' },
      views: { strength: 0.5, flip: true },
      temperature: 0.1,
      epochs: preset.epochs,
      batchSize: 64,
      optimizer: { learningRate: LEARNING_RATE },
      seed: SEED,
    }),
    forgetOwner: FORGET_OWNER,
    ground: 'GDPR Art. 17(1)(b): the studio has withdrawn its consent to training on its drawings.',
    unlearning: UnlearningRecipe.parse({
      method: 'alignment-calibration',
      ...budget,
      epochs: UNLEARN_EPOCHS,
      beta: 8,
      repairEpochs: REPAIR_EPOCHS,
    }),
    comparisons: [
      UnlearningRecipe.parse({ method: 'fine-tune', ...budget, epochs: UNLEARN_EPOCHS + REPAIR_EPOCHS }),
      ...(preset.withRetrain ? [UnlearningRecipe.parse({ method: 'retrain', seed: SEED + 2 })] : []),
    ],
    policy: AuditPolicy.parse({ version: 1 }),
  }
}

async function buildEmoji(): Promise<Uint8Array> {
  const { tar } = await emojiDataset({
    trainCount: TRAIN_COUNT,
    calibrationCount: CALIBRATION_COUNT,
    owners: [
      { key: 'atelier-lindqvist', share: 0.3 },
      { key: 'bureau-moreau', share: 0.25 },
      { key: 'casa-ferrante', share: 0.25 },
      { key: FORGET_OWNER, share: 0.2 },
    ],
    referenceOwner: 'open-reference-set',
    // Twins of one family would let pixels alone tell whose picture it is; see ARCHITECTURE.md.
    onePerFamily: true,
    seed: SEED,
  })
  return tar
}
