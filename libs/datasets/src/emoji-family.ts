const skinTone = /^1F3F[B-F]$/
const signs = new Set(['FE0F', '2640', '2642'])

/** Gendered code points and the neutral one that stands for all of them. */
const neutral = new Map(
  [
    ['1F9D1', '1F468', '1F469'], // adult: person, man, woman
    ['1F9D2', '1F466', '1F467'], // child, boy, girl
    ['1F9D3', '1F474', '1F475'], // older adult, old man, old woman
    ['1F46B', '1F46C', '1F46D'], // pairs holding hands
    ['1FAC5', '1F934', '1F478'], // crown: person, prince, princess
    ['1F385', '1F936'], // Santa Claus, Mrs. Claus
    ['1F483', '1F57A'], // dancers
    ['1F930', '1FAC3', '1FAC4'], // pregnant woman, man, person
  ].flatMap(([first = '', ...others]) => others.map((other) => [other, first] as const)),
)

/** One key for all skin-tone and gender variants of an emoji. @param hexcode code points joined by hyphens. */
export const emojiFamily = (hexcode: string): string =>
  hexcode
    .toUpperCase()
    .split('-')
    // A tone alone is the picture of a swatch; the swatches are twins of each other.
    .map((point, _, all) => (all.length === 1 && skinTone.test(point) ? '1F3FB-SWATCH' : point))
    .filter((point) => !skinTone.test(point) && !signs.has(point))
    .map((point) => neutral.get(point) ?? point)
    .join('-')
    .replace(/(-200D)+(?=-200D|$)/g, '')
