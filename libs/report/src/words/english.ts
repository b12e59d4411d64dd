import type { Words } from './words.js'

const count = (number: number, one: string): string => `${number.toLocaleString('en')} ${one}${number === 1 ? '' : 's'}`

export const english: Words = {
  title: 'Audit of unlearning',
  madeAt: 'Made at',
  verdict: {
    PASS: {
      word: 'Passed',
      sentence:
        'Forgotten, as far as black-box queries can show: within the margin set beforehand, the pictures pass for unseen ones.',
    },
    RESIDUAL: { word: 'Residual', sentence: 'Traces remain: the model still tells the pictures from unseen ones.' },
    OVER_FORGOTTEN: {
      word: 'Over-forgotten',
      sentence: 'Forgotten too much: the pictures stand out by being stranger than unseen ones.',
    },
    INCONCLUSIVE: {
      word: 'Inconclusive',
      sentence: 'Undecided: this audit could show neither that the pictures were forgotten nor that they were not.',
    },
  },
  reasons: {
    EQUIVALENCE_SHOWN:
      'Before, the model remembered the pictures; after, it cannot tell them from unseen ones within the margin.',
    ENDPOINT_NOT_INTACT: 'The endpoint did not answer as an honest encoder does.',
    ENDPOINT_TIMED_OUT: 'The endpoint did not answer in time.',
    ENDPOINT_UNREACHABLE: 'Nobody answered at the address of the endpoint.',
    ENDPOINT_REFUSED: 'The endpoint refused to answer.',
    ENDPOINT_MALFORMED: 'What the endpoint gave is no embedding of every picture.',
    ENDPOINT_NOT_FINITE: 'The endpoint gave embeddings that are not finite, or zero.',
    ENDPOINT_DIMENSION_CHANGED: 'Embeddings changed their length between questions.',
    ENDPOINT_INCONSISTENT: 'The same question got different answers.',
    ENDPOINT_DEPENDS_ON_COMPANY: 'Answers depend on the pictures beside a picture, or on their order.',
    ENDPOINT_CONSTANT: 'Every picture got the same embedding.',
    ENDPOINT_NOISY: 'Answers do not change smoothly with a picture: noise or rounding.',
    ENDPOINT_RECOGNISES_PICTURES: 'Answers jump at known pictures: the endpoint seems to recognise them.',
    ENDPOINT_NOT_ATTESTED: 'The endpoint does not answer as the attested weights do.',
    BLIND_CONTROL_FAILED: 'The two sets can be told apart without the model.',
    BLIND_CONTROL_NOT_RUN: 'The blind control could not be run.',
    SETS_OVERLAP: 'The sets share pictures, or near copies of them.',
    FORGOTTEN_BUT_RETAINED: 'Pictures to be forgotten are also among the retained ones.',
    RESIDUAL_MEMBERSHIP: 'The model still tells forgotten pictures from unseen ones.',
    RESIDUAL_IN_FEATURES: 'By its features the model still tells forgotten pictures from unseen ones.',
    RESIDUAL_IN_TWINS: 'The model still knows which of two twins it was trained on.',
    RESIDUAL_IN_PAIRS: 'By the agreement with texts the model still tells forgotten pairs from unseen ones.',
    RESIDUAL_IN_CANARIES: 'The model still gives away which canaries it was trained on.',
    MEMORY_COMES_BACK: 'What was forgotten comes back sooner than in a model that never saw it.',
    OVER_FORGOTTEN: 'Forgotten pictures stand out as stranger than unseen ones.',
    TOO_FEW_IMAGES: 'Too few pictures for this policy.',
    NOTHING_TO_FORGET: 'The model before shows no memory of the pictures, so their absence after shows nothing.',
    EQUIVALENCE_NOT_SHOWN: 'Equivalence within the margin was not shown.',
    NO_INDEPENDENT_TEST: 'No test of memory that the method did not optimise for is met.',
    UTILITY_NOT_KEPT: 'It was not shown that quality is kept.',
    NEIGHBOURS_HARMED: 'Retained neighbours of the forgotten pictures suffered more than others.',
    REQUIRED_TEST_NOT_MET: 'A test that the policy requires was not met.',
  },
  asked: {
    title: 'What was asked',
    question: ({ forget, heldOut, retain }) =>
      `Whether the model after unlearning still knows ${count(forget, 'picture')}. They were compared with ${count(heldOut, 'held-out picture')} that no model was trained on${
        retain > 0 ? ` and ${count(retain, 'retained picture')}` : ''
      }, through the embeddings that two endpoints gave: the model before and the model after. Nobody looked at weights.`,
    rule: ({ low, high, alpha, power }) =>
      `Set beforehand: to pass, forgotten pictures must be told from unseen ones with an AUC between ${low} and ${high} (0.5 is chance), shown by two one-sided tests at ${alpha}, with a power of at least ${power}.`,
    enough: ({ forget, required }) =>
      `${count(required, 'forgotten picture')} would have been enough for this; there were ${forget.toLocaleString('en')}.`,
    tooFew: ({ forget, required }) =>
      `${count(required, 'forgotten picture')} are needed for this; there were ${forget.toLocaleString('en')}. Only gross failures could be seen.`,
    unreachable:
      'With so few held-out pictures no number of forgotten ones gives this power. Only gross failures could be seen.',
  },
  matrices: {
    title: 'Alignment matrices',
    note: 'Similarity of two views of each picture with those of every other. The diagonal is a picture with itself. Forgetting lowers the diagonal of forgotten pictures and leaves held-out ones as they were. All similarities share one scale, all gaps another.',
    sets: { forget: 'Forgotten pictures', heldOut: 'Held-out pictures' },
    stages: { before: 'Before', after: 'After', gap: 'Gap' },
    of: (set, stage) => `${set}, ${stage.toLowerCase()}`,
    similarity: 'Cosine similarity',
    gap: 'Gap: before minus after',
    alt: ({ set, stage, size, diagonal, rest }) =>
      `${set}, ${stage.toLowerCase()}: ${size} by ${size} values; mean of the diagonal ${diagonal}, of the rest ${rest}.`,
    summary: {
      title: 'The matrices in numbers',
      matrix: 'Matrix',
      diagonal: 'Mean of diagonal',
      rest: 'Mean of the rest',
      range: 'Range',
    },
    shown: ({ shown, of }) => `The first ${shown} of ${of} pictures of each set are shown.`,
    texts: 'Pictures and texts',
    textsNote: 'Pictures down, texts across. The diagonal is a picture with its own text.',
  },
  distributions: {
    title: 'Distribution of alignment',
    note: 'How alike the views of one picture are. A model that remembers sets the two groups apart; one that never saw the pictures does not. The bars below are means with their intervals.',
    axis: 'Alignment (mean cosine between views of one picture)',
    mean: 'Mean',
    alt: (stage) =>
      `${stage}: histograms of alignment of forgotten and held-out pictures. Their means are in the table of models.`,
  },
  tests: {
    title: 'Tests',
    note: (level) =>
      `Intervals in brackets; for equivalence at ${level}. “Optimised for” marks a test that measures what the unlearning itself minimised: it shows that a procedure ran, not that something was forgotten.`,
    columns: {
      test: 'Test',
      effect: 'Effect [interval]',
      p: 'p',
      power: 'Power',
      optimised: 'Optimised for',
      outcome: 'Outcome',
    },
    optimised: { yes: 'yes', no: 'no' },
    outcomes: { met: 'Met', 'not-met': 'Not met', inconclusive: 'Inconclusive', informative: 'Informative' },
    names: {
      'A0-endpoint-integrity': [
        'Endpoint integrity',
        'Does the endpoint answer equal queries equally, and nearby ones smoothly?',
      ],
      'A1-forgetting-score': ['Forgetting score', 'How far did the alignment of forgotten pictures fall?'],
      'A2-difference-in-differences': ['Difference in differences', 'Did it fall further than on held-out pictures?'],
      'A3-alignment-gap': ['Alignment gap', 'How far did the diagonal of the matrix move?'],
      'A4-residual-membership': [
        'Residual membership',
        'Can forgotten pictures be told from unseen ones? Two-sided, tested for equivalence.',
      ],
      'A4-feature-membership': [
        'Residual membership in features',
        'The same by pooled features in the place of projections.',
      ],
      'A5-retrain-reference': ['Retrained reference', 'Does it lie where models do that never saw the pictures?'],
      'A6-u-lira': ['U-LiRA', 'Do shadow models tell forgotten pictures from unseen ones?'],
      'A7-one-run-epsilon': [
        'One-run ε',
        'How much does the model at least give away of which canaries were trained on?',
      ],
      'A8-recovery': [
        'Recovery',
        'After a little more training on retained data, does what was forgotten come back sooner than in a model that never saw it?',
      ],
      'A9-utility': ['Utility kept', 'Is the accuracy on held-out pictures within the allowed drop?'],
      'A9-neighbours': [
        'Neighbours kept',
        'Do retained pictures near the forgotten ones keep their neighbours as held-out ones do?',
      ],
      'A9-retrieval': ['Retrieval kept', 'Do pictures still find their texts, and texts their pictures?'],
      'A10-randomised-twins': [
        'Randomised twins',
        'Which of two twins was trained on was decided by a coin: does the model still know which? Exact.',
      ],
      'A11-clip-alignment': [
        'Agreement with texts',
        'Does a picture’s agreement with its own text tell forgotten pairs from unseen ones?',
      ],
      'blind-control': [
        'Blind control',
        'Can the two sets be told apart without any model? Then the audit would prove nothing.',
      ],
    },
    parts: {
      'forget-off-diagonal': 'off the diagonal',
      'held-out-diagonal': 'held-out pictures, diagonal',
      'held-out-off-diagonal': 'held-out pictures, off the diagonal',
      'true-positive-rate-at-1-percent': 'found with at most 1 % false positives',
      'taken-for-unseen': 'share of forgotten pictures taken for unseen (EMIA)',
      'taken-for-unseen-held-out': 'share of held-out pictures taken for unseen',
      'embedding-length-before': 'by length of embeddings, before',
      'embedding-length-after': 'by length of embeddings, after',
      'embedding-length-fall': 'by length of embeddings, fall',
      'pooled-features-before': 'by pooled features, before',
      'pooled-features-after': 'by pooled features, after',
      'pooled-features-fall': 'by pooled features, fall',
      'by-labels': 'accuracy by labels',
      'retrain-prediction': 'expected of a retrained model',
    },
  },
  models: {
    title: 'Models',
    note: 'The shaded band is what the policy allows for the membership AUC; the line within it is chance.',
    columns: {
      model: 'Model',
      membership: 'Membership AUC',
      alignmentForget: 'Alignment, forgotten',
      alignmentHeldOut: 'Alignment, held-out',
      movement: 'Difference in differences',
      accuracy: 'k-NN accuracy',
    },
    roles: { before: 'Before', after: 'After', baseline: 'Baseline', retrain: 'Retrained' },
    features: 'features',
  },
  limits: {
    title: 'What this does not prove',
    note: 'Read this before you rely on the verdict.',
    of: {
      'provider-could-cheat':
        'No black-box audit proves deletion against a provider that cheats at will, for example by keeping the old weights elsewhere.',
      'tests-are-optimised-for':
        'Some tests, the membership test among them, are made of what the unlearning itself lowered. That membership lands inside a two-sided margin says more than that something moved, yet another kind of attack may still tell the pictures apart.',
      'no-retrain-reference':
        'No model was retrained without the pictures, so “as if never seen” is inferred, not observed.',
      'few-membership-scores': 'Membership was tested with few scores. Another attack might find what these do not.',
      'one-membership-score': 'Membership was tested with one score. Another attack might find what this one does not.',
      'utility-without-labels':
        'There are no labels: quality was judged by whether views of a picture still find each other, which says less.',
      'endpoint-not-bound-to-weights':
        'Nothing ties the endpoints to weights on record: they may serve other models than those that are in use.',
      'measured-by-provider': 'Some tests were measured by whoever holds the weights, and are as true as they are.',
      'utility-not-measured': 'Quality was not measured, for there are no labels.',
    },
  },
  check: {
    title: 'How to check it',
    note: 'Compare the key with the one that its owner gave you by another way: a key that came with the report proves little.',
    steps: {
      verify: 'Signature and digests, and statistics and verdict computed anew from the scores:',
      digest: 'The digests alone, with any tool:',
      repeat: 'The whole audit again, with the same questions:',
    },
  },
  record: {
    title: 'On record',
    note: 'Digests are SHA-256. Digests of pictures are salted: they bind this audit to the pictures and name none.',
    leftOut: (number) => (number === 0 ? '' : `${count(number, 'file')} left out (no picture, or there twice)`),
    terms: {
      endpointBefore: 'Endpoint before',
      endpointAfter: 'Endpoint after',
      weightsBefore: 'Weights before, as stated',
      weightsAfter: 'Weights after, as stated',
      forget: 'Forgotten pictures',
      heldOut: 'Held-out pictures',
      retain: 'Retained pictures',
      imageSize: 'Size of pictures',
      seed: 'Seed',
      views: 'Views of each picture',
      resamples: 'Resamples',
      policy: 'Policy',
      matrices: 'Matrices',
      data: 'Scores that it is computed from',
      answers: 'Answers',
      result: 'Result',
      key: 'Signed by',
      madeBy: 'Made by',
    },
    unknown: 'not stated',
  },
}
