const EDGE = 32
const RECORD = 1 + 3 * EDGE * EDGE
const RECORDS_PER_CHUNK = 64
/** Of 100 records: the last repeats an earlier one byte for byte, the one before resembles another. */
const GROUP = 100

/** How many of so many records repeat or resemble an earlier one, by the way they are made. */
export const planted = (count) => ({
  exact: Math.floor(count / GROUP),
  near: Math.floor((count + 1) / GROUP),
})

/**
 * CIFAR-10 binary of `count` made-up pictures, the same each time: soft fields of light and shade with noise on each
 * pixel, rich enough in contrast that hardly any two resemble each other by chance. Nothing lies on disk, so that a million of them (3 GB) can be read.
 */
export async function* cifarStream(count) {
  for (let row = 0; row < count; row += RECORDS_PER_CHUNK) {
    const records = Math.min(RECORDS_PER_CHUNK, count - row)
    const chunk = Buffer.alloc(records * RECORD)
    for (let i = 0; i < records; i++) writeRecord(chunk, i * RECORD, row + i)
    yield chunk
  }
}

function writeRecord(chunk, offset, row) {
  const place = row % GROUP
  const original = place === GROUP - 1 ? row - 50 : place === GROUP - 2 ? row - 25 : row
  chunk[offset] = original % 10
  drawPicture(chunk, offset + 1, original, place === GROUP - 2 ? 2 : 0)
}

const cells = new Float64Array(81)

/** @param brighter added to every value: how a resembling copy differs. */
function drawPicture(chunk, offset, seed, brighter) {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0
  const next = () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0
    return (state ^ (state >>> 13)) >>> 0
  }
  const unit = () => next() / 2 ** 32
  const contrast = 60 + 90 * unit()
  for (let i = 0; i < cells.length; i++) cells[i] = contrast * (unit() - 0.5)
  for (let c = 0; c < 3; c++) {
    const level = 85 + 80 * unit() + brighter
    for (let y = 0, at = offset + c * EDGE * EDGE; y < EDGE; y++) {
      const down = (y & 3) / 4
      for (let x = 0; x < EDGE; x++, at++) {
        const cell = (y >> 2) * 9 + (x >> 2)
        const across = (x & 3) / 4
        const top = cells[cell] + (cells[cell + 1] - cells[cell]) * across
        const bottom = cells[cell + 9] + (cells[cell + 10] - cells[cell + 9]) * across
        chunk[at] = level + top + (bottom - top) * down + (next() & 7)
      }
    }
  }
}
