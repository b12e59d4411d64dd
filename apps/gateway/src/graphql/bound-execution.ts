import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLSchema,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql'
import type { Context } from '../context.js'
import { limits } from './limits.js'

/** From so many things on, a list is asked for when those beside it have been counted. */
const careful = limits.things / 20

/** Things that one answer is made of so far, as members of lists. */
export class Tally {
  #things = 0
  #isOver = false
  #turn: Promise<void> | undefined

  /** @throws GraphQLError QUERY_TOO_COMPLEX, once; whoever asks then is given nothing */
  add(list: unknown): unknown {
    if (!Array.isArray(list)) return list
    if (this.#isOver) return []
    this.#things += list.length
    if (this.#things <= limits.things) return list
    this.#isOver = true
    throw new GraphQLError(
      `This operation reads more than ${limits.things} things; ask for fewer lists inside lists, or for one thing at a time.`,
      { extensions: { code: 'QUERY_TOO_COMPLEX' } },
    )
  }

  /** Gives a list, or none where it would not be looked at. All that wait go on together, so that loaders batch them. */
  async whenCounted(list: () => unknown): Promise<unknown> {
    if (this.#things > careful) {
      this.#turn ??= new Promise((resolve) => setImmediate(resolve)).then(() => (this.#turn = undefined))
      await this.#turn
    }
    return this.#isOver ? [] : list()
  }

  /** Of a subscription, before its next answer. */
  clear(): void {
    this.#things = 0
    this.#isOver = false
  }
}

/**
 * Bounds what an operation really does. Its cost is reckoned beforehand, with five parts to a list that has no length of
 * its own; where lists of fifty stand inside each other that is far from the truth. And once nobody waits for the
 * answer, no further field is resolved.
 */
export function boundExecution(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const isCounted = isListType(getNullableType(field.type)) && isCompositeType(getNamedType(field.type))
      if (field.resolve === undefined && !isCounted) continue
      const resolve = field.resolve ?? defaultFieldResolver
      field.resolve = (source: unknown, args: unknown, context: Context, info): unknown => {
        context.signal.throwIfAborted()
        if (!isCounted) return resolve(source, args, context, info)
        const { tally } = context
        return tally.whenCounted(() => resolve(source, args, context, info)).then((list) => tally.add(list))
      }
    }
  }
  return schema
}
