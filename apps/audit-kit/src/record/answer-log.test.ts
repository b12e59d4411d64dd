import { mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { AnswerFolder, type Question } from './answer-log.js'

let folder: string
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'lethe-answers-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const question = (content: number, role: Question['role'] = 'before'): Question => ({
  role,
  kind: 'projection',
  count: 1,
  content: Uint8Array.of(content),
})

/** Answers 1, 2, 3, … and counts how often it was asked. */
function endpoint() {
  let asked = 0
  return { ask: async () => Float32Array.of(++asked), asked: () => asked }
}

it('asks twice what is asked twice, and after an interruption only what has no answer', async () => {
  const { ask, asked } = endpoint()
  const first = new AnswerFolder(folder)
  const log = first.openLog()
  const answers = [await log.answer(question(1), ask), await log.answer(question(1), ask)]
  expect(answers.flatMap((answer) => [...answer])).toEqual([1, 2])

  const again = new AnswerFolder(folder)
  const resumed = again.openLog()
  expect([...(await resumed.answer(question(1), ask)), ...(await resumed.answer(question(1), ask))]).toEqual([1, 2])
  expect(asked()).toBe(2)
  expect(again.used()).toEqual(first.used())
  await resumed.answer(question(2), ask)
  await resumed.answer(question(1, 'after'), ask)
  expect(asked()).toBe(4)
  expect(again.used().digest).not.toBe(first.used().digest)
})

it('asks again where a file was cut off, and where nobody may be asked says so', async () => {
  const { ask, asked } = endpoint()
  await new AnswerFolder(folder).openLog().answer(question(1), ask)
  truncateSync(path.join(folder, readdirSync(folder)[0] as string), 20)
  await expect(new AnswerFolder(folder, true).openLog().answer(question(1), ask)).rejects.toMatchObject({
    code: 'ANSWER_MISSING',
  })
  expect([...(await new AnswerFolder(folder).openLog().answer(question(1), ask))]).toEqual([2])
  expect(asked()).toBe(2)
})

it('keeps what is not finite, and answers that are none', async () => {
  const strange = [Float32Array.of(Number.NaN, Infinity), new Float32Array(0)]
  for (const [index, values] of strange.entries())
    await new AnswerFolder(folder).openLog().answer(question(index), async () => values)
  const complete = new AnswerFolder(folder, true).openLog()
  const kept = await Promise.all(strange.map((_, index) => complete.answer(question(index), endpoint().ask)))
  expect(kept).toEqual(strange)
})
