import { refuse } from './interop-error.js'
import { PickleCursor } from './pickle-cursor.js'
import { PickleGlobal, PickleOpaque, PickleReference, type PickleValue } from './pickle-value.js'

/** What the reader's caller makes of the names that it knows. It gets values, never code. */
export interface PickleHost {
  /** What a known function makes of its arguments; undefined where the name is not known. */
  rebuild(name: string, args: readonly PickleValue[]): PickleValue | undefined
}

/**
 * What a pickle says, without running any of it. A pickle is a program for a small machine; of its instructions only those
 * that put plain values together are obeyed, and where it would call or create something that the host does not know, a
 * `PickleOpaque` stands in the result.
 * @throws DomainError INTEROP_PICKLE, INTEROP_LIMIT
 */
export function readPickle(bytes: Uint8Array, host: PickleHost): PickleValue {
  const machine = new Machine(new PickleCursor(bytes), host)
  if (machine.cursor.byte() !== PROTO || machine.cursor.byte() < 2)
    refuse('INTEROP_PICKLE', 'The pickle is of a protocol before 2.')
  for (let count = 0; count < MAX_INSTRUCTIONS; count++) {
    const opcode = machine.cursor.byte()
    if (opcode === STOP) return machine.pop()
    const instruction = instructions.get(opcode)
    if (instruction === undefined)
      return refuse(
        'INTEROP_PICKLE',
        `The pickle holds instruction 0x${opcode.toString(16)}, which no state dict needs.`,
      )
    instruction(machine)
  }
  return refuse('INTEROP_LIMIT', `The pickle has more than ${MAX_INSTRUCTIONS} instructions.`)
}

const PROTO = 0x80
const STOP = 0x2e
/** A tensor takes about forty. Each makes at most one small value, so memory is bounded with them. */
const MAX_INSTRUCTIONS = 2_000_000

class Machine {
  /** Values by memo number. */
  readonly memo = new Map<number, PickleValue>()
  private stack: PickleValue[] = []
  /** What lay on the stack when each open mark was set. */
  private readonly below: PickleValue[][] = []

  constructor(
    readonly cursor: PickleCursor,
    readonly host: PickleHost,
  ) {}

  push(value: PickleValue): void {
    this.stack.push(value)
  }

  pop(): PickleValue {
    const value = this.stack.pop()
    return value === undefined ? refuse('INTEROP_PICKLE', 'The pickle takes more values than it made.') : value
  }

  peek(): PickleValue {
    const value = this.pop()
    this.push(value)
    return value
  }

  mark(): void {
    this.below.push(this.stack)
    this.stack = []
  }

  popMark(): PickleValue[] {
    const values = this.stack
    this.stack = this.below.pop() ?? refuse('INTEROP_PICKLE', 'The pickle closes what it never opened.')
    return values
  }

  popMany(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse()
  }

  recall(key: number): void {
    const value = this.memo.get(key)
    this.push(value === undefined ? refuse('INTEROP_PICKLE', `The pickle never stored value ${key}.`) : value)
  }
}

function append(list: PickleValue, values: readonly PickleValue[]): void {
  if (list instanceof PickleOpaque) return
  if (!Array.isArray(list)) refuse('INTEROP_PICKLE', 'The pickle appends to what is no list.')
  for (const value of values) list.push(value)
}

function setItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (target instanceof PickleOpaque) return
  if (!(target instanceof Map) || items.length % 2 !== 0)
    refuse('INTEROP_PICKLE', 'The pickle sets members of what is no dictionary.')
  for (let index = 0; index < items.length; index += 2) {
    const key = items[index] as PickleValue
    if (target.has(key))
      refuse('INTEROP_PICKLE', `The pickle sets ${typeof key === 'string' ? key : 'a key'} twice in one dictionary.`)
    target.set(key, items[index + 1] as PickleValue)
  }
}

/** A call of `callable`, which takes place only where the host knows it. */
function call({ host }: Machine, callable: PickleValue, args: PickleValue): PickleValue {
  if (callable instanceof PickleOpaque) return new PickleOpaque(callable.name)
  if (!(callable instanceof PickleGlobal) || !Array.isArray(args))
    return refuse('INTEROP_PICKLE', 'The pickle calls what has no name.')
  return host.rebuild(callable.name, args) ?? new PickleOpaque(callable.name)
}

const globalOf = (module: PickleValue, name: PickleValue): PickleGlobal =>
  typeof module === 'string' && typeof name === 'string'
    ? new PickleGlobal(`${module}.${name}`)
    : refuse('INTEROP_PICKLE', 'The pickle names what is no name.')

/** The instructions that are obeyed, by their byte (Python's `pickletools` describes each). All others are refused. */
const instructions = new Map<number, (machine: Machine) => void>([
  [0x95, ({ cursor }) => void cursor.take(8)], // FRAME
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => void m.pop()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x4a, (m) => m.push(m.cursor.int32())], // BININT
  [0x4b, (m) => m.push(m.cursor.byte())], // BININT1
  [0x4d, (m) => m.push(m.cursor.uint16())], // BININT2
  [0x8a, (m) => m.push(m.cursor.integer(m.cursor.byte()))], // LONG1
  [0x47, (m) => m.push(m.cursor.float64())], // BINFLOAT
  [0x8c, (m) => m.push(m.cursor.text(m.cursor.byte()))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(m.cursor.text(m.cursor.uint32()))], // BINUNICODE
  [0x8d, (m) => m.push(m.cursor.text(m.cursor.uint64()))], // BINUNICODE8
  [0x55, (m) => m.push(m.cursor.take(m.cursor.byte()))], // SHORT_BINSTRING
  [0x43, (m) => m.push(m.cursor.take(m.cursor.byte()))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.cursor.take(m.cursor.uint32()))], // BINBYTES
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x8f, (m) => m.push([])], // EMPTY_SET
  [0x85, (m) => m.push(m.popMany(1))], // TUPLE1
  [0x86, (m) => m.push(m.popMany(2))], // TUPLE2
  [0x87, (m) => m.push(m.popMany(3))], // TUPLE3
  [0x74, (m) => m.push(m.popMark())], // TUPLE
  [0x91, (m) => m.push(m.popMark())], // FROZENSET
  [0x61, (m) => withLast(m, append)], // APPEND
  [0x65, (m) => withMarked(m, append)], // APPENDS
  [0x90, (m) => withMarked(m, append)], // ADDITEMS
  [0x73, (m) => withLastTwo(m, setItems)], // SETITEM
  [0x75, (m) => withMarked(m, setItems)], // SETITEMS
  [0x71, (m) => void m.memo.set(m.cursor.byte(), m.peek())], // BINPUT
  [0x72, (m) => void m.memo.set(m.cursor.uint32(), m.peek())], // LONG_BINPUT
  [0x94, (m) => void m.memo.set(m.memo.size, m.peek())], // MEMOIZE
  [0x68, (m) => m.recall(m.cursor.byte())], // BINGET
  [0x6a, (m) => m.recall(m.cursor.uint32())], // LONG_BINGET
  [0x63, (m) => m.push(globalOf(m.cursor.line(), m.cursor.line()))], // GLOBAL
  [0x93, (m) => m.push(globalOf(...(m.popMany(2) as [PickleValue, PickleValue])))], // STACK_GLOBAL
  [0x51, (m) => m.push(new PickleReference(m.pop()))], // BINPERSID
  [0x52, (m) => callWith(m, 1)], // REDUCE
  [0x81, (m) => callWith(m, 1)], // NEWOBJ
  [0x92, (m) => callWith(m, 2)], // NEWOBJ_EX
  [0x62, (m) => void m.pop()], // BUILD: attributes of what lies below, of which none is needed
])

function withLast(m: Machine, change: (target: PickleValue, values: PickleValue[]) => void): void {
  const value = m.pop()
  change(m.peek(), [value])
}

function withLastTwo(m: Machine, change: (target: PickleValue, values: PickleValue[]) => void): void {
  const values = m.popMany(2)
  change(m.peek(), values)
}

function withMarked(m: Machine, change: (target: PickleValue, values: PickleValue[]) => void): void {
  const values = m.popMark()
  change(m.peek(), values)
}

/** `argumentCount` values lie on the callable; the first is its arguments, a second its keywords. */
function callWith(m: Machine, argumentCount: 1 | 2): void {
  const [callable, args, keywords] = m.popMany(argumentCount + 1)
  const isKnown = keywords === undefined || (keywords instanceof Map && keywords.size === 0)
  const made = call(m, callable as PickleValue, args as PickleValue)
  m.push(isKnown ? made : new PickleOpaque(callable instanceof PickleGlobal ? callable.name : '?'))
}
