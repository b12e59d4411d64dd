import { AuditPolicy } from '@lethe/domain'
import {
  cosign,
  encodeVerifier,
  type LogSigner,
  signerFromSeed,
  signNote,
  witnessFromPrivateKey,
  writeBundle,
} from '@lethe/ledger'
import { generateKeyPairSync } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { smallAudit, type SmallAudit } from '../kit/bundle/small-audit.js'
import { bodiesOf, partsOf, smallBundle, smallSigner } from '../kit/bundle/small-bundle.js'
import { type Recorded, smallCase } from '../kit/bundle/small-case.js'
import { findingsOf, packed, sealed, told, unpacked, verified } from './rework.js'

let audits: SmallAudit[]
let bytes: Uint8Array
let trust: string
beforeAll(async () => {
  audits = [await smallAudit('retrained')]
  ;({ bytes, trust } = smallBundle(audits))
})

const codesOf = (report: Awaited<ReturnType<typeof verified>>) => [
  ...new Set(findingsOf(report).map(({ code }) => code)),
]
const stranger = signerFromSeed(smallSigner.name, Buffer.alloc(32, 9))
const modelLine = () => trust.split('\n').find((line) => line.startsWith('model ')) ?? ''

describe('keys', () => {
  it('other than the reader’s are not believed, whatever they sign and wherever they lie', async () => {
    const forged = writeBundle(partsOf(bodiesOf(smallCase(audits)), audits, stranger), stranger)
    const report = await verified(forged, { trust })
    expect([report.exitCode, codesOf(report)]).toEqual([4, ['KEY_UNTRUSTED']])
    const refused = ['manifest-signature', 'statements', 'checkpoint', 'statistics']
    expect(report.checks.filter(({ outcome }) => outcome === 'tampered').map(({ id }) => id)).toEqual(refused)
    // A bundle that brings its own roots is refused for it, and they change nothing.
    const files = await unpacked(audits)
    const own = Buffer.from(`log ${encodeVerifier(stranger)}\n`)
    const brought = await verified(packed(sealed(new Map([...files, ['trust.txt', own]]), stranger)), { trust })
    expect(codesOf(brought)).toEqual(['FILE_STRAY', 'KEY_UNTRUSTED'])
    expect((await verified(forged, { trust: `log ${encodeVerifier(stranger)}\n${modelLine()}` })).exitCode).toBe(0)
  })

  it('of another log in the same roots do not count, nor does the same key under another name', async () => {
    const elsewhere = signerFromSeed('lethe.test/log/elsewhere', Buffer.alloc(32, 7))
    expect((await verified(bytes, { trust: `${trust}log ${encodeVerifier(elsewhere)}\n` })).exitCode).toBe(0)
    const report = await verified(bytes, { trust: `log ${encodeVerifier(elsewhere)}\n${modelLine()}` })
    expect(codesOf(report)).toEqual(['KEY_UNTRUSTED'])
  })

  it('for models are asked for where a model is signed, and must be the right ones', async () => {
    const log = trust.replace(/^model .*\n/m, '')
    const none = await verified(bytes, { trust: log })
    expect([none.exitCode, codesOf(none)]).toEqual([6, ['MODEL_KEY_NOT_GIVEN']])
    const spki = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' })
    const other = await verified(bytes, { trust: `${log}model ${spki.toString('base64')}\n` })
    expect([other.exitCode, codesOf(other)]).toEqual([4, ['KEY_UNTRUSTED']])
  })

  it.each([
    ['nothing', ''],
    ['no log', '# only words\n'],
    ['a cut key', 'log lethe.test/log/a+00000000+AAAA'],
    ['a key whose id is another’s', () => trust.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['an unknown word', () => `${trust}trust me\n`],
    ['an RSA key for models', () => `${trust}model MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n`],
  ])('of %s are wrong usage, with the line', async (_, text) => {
    const wrong = typeof text === 'string' ? text : text()
    await expect(verified(bytes, { trust: wrong || '\n' })).rejects.toMatchObject({
      code: 'TRUST_MALFORMED',
      field: expect.stringMatching(/^trust/) as string,
    })
  })
})

describe('a key that was changed', () => {
  const next = signerFromSeed(smallSigner.name, Buffer.alloc(32, 11))
  const rotation = (previous: LogSigner, to: LogSigner): Recorded => ({
    at: new Date(Date.UTC(2026, 2, 8)),
    entry: {
      kind: 'log-key-rotated/v1',
      subjects: [],
      predicate: { previous: encodeVerifier(previous), next: encodeVerifier(to), sizeUnderPrevious: 5 },
    },
  })
  const roots = () => `log ${encodeVerifier(next)}\n${trust}`
  const history = (...rotations: Recorded[]) => {
    const whole = smallCase(audits)
    return [...whole.slice(0, 6), ...rotations, ...whole.slice(6)]
  }

  it('verifies under the new one, and bundles of before under the old one', async () => {
    const report = await verified(told(history(rotation(smallSigner, next)), audits, next), { trust: roots() })
    expect([report.exitCode, codesOf(report)]).toEqual([0, []])
    expect(report.checks.find(({ id }) => id === 'key-rotation')?.outcome).toBe('verified')
    expect((await verified(bytes, { trust: roots() })).exitCode).toBe(0)
  })

  it('must not sign any more, and the changes must be one chain', async () => {
    for (const [entries, signer] of [
      [[rotation(smallSigner, next)], smallSigner],
      [[rotation(smallSigner, stranger), rotation(smallSigner, next)], next],
      [[rotation(next, next)], next],
    ] as const) {
      const report = await verified(told(history(...entries), audits, signer), { trust: roots() })
      expect([report.exitCode, codesOf(report)]).toEqual([4, ['ROTATION_CONTRADICTED']])
    }
  })
})

describe('witnesses', () => {
  const witness = witnessFromPrivateKey('witness.test/w', generateKeyPairSync('ed25519').privateKey)
  const roots = () => `${trust}witness ${encodeVerifier(witness)}\n`
  const bundleWith = (note: (checkpoint: string) => string): Uint8Array => {
    const parts = partsOf(bodiesOf(smallCase(audits)), audits)
    return writeBundle({ ...parts, checkpoint: note(parts.checkpoint) }, smallSigner)
  }
  const seenAt = (date: string) => bundleWith((note) => cosign(note, witness, new Date(date)))

  it('whom the reader names must have cosigned, at a time that has come', async () => {
    expect((await verified(seenAt('2026-03-11'), { trust: roots() })).exitCode).toBe(0)
    const absent = await verified(bytes, { trust: roots() })
    expect([absent.exitCode, codesOf(absent)]).toEqual([6, ['WITNESS_ABSENT']])
    const future = await verified(seenAt('2027-03-11'), { trust: roots() })
    expect([future.exitCode, codesOf(future)]).toEqual([4, ['TIME_IN_FUTURE']])
  })

  it('are not believed for another head', async () => {
    const other = signNote(`${smallSigner.name}\n1\n${Buffer.alloc(32).toString('base64')}\n`, [smallSigner])
    const line = cosign(other, witness, new Date('2026-03-11'))
      .split('\n')
      .find((each) => each.includes('witness.test'))
    const report = await verified(
      bundleWith((note) => `${note}${line ?? ''}\n`),
      { trust: roots() },
    )
    expect([report.exitCode, codesOf(report)]).toEqual([4, ['SIGNATURE_INVALID']])
  })
})

describe('entries of the request', () => {
  const bodies = () => bodiesOf(smallCase(audits))
  const costAt = () => bodies().findIndex((body) => body.includes('cost-recorded/v1'))
  const bundleOf = (these: readonly string[]) => writeBundle(partsOf(these, audits), smallSigner)

  it('that were left out of the log itself leave a gap', async () => {
    const report = await verified(bundleOf(bodies().filter((_, index) => index !== costAt())), { trust })
    expect([report.exitCode, codesOf(report)]).toEqual([6, ['ENTRY_MISSING']])
  })
  it('are there once', async () => {
    const twice = bodies().flatMap((body, index) => (index === costAt() ? [body, body] : [body]))
    const report = await verified(bundleOf(twice), { trust })
    expect([report.exitCode, codesOf(report)]).toEqual([4, ['ENTRY_REPEATED']])
  })
  it('come in their order', async () => {
    const at = costAt()
    const [before = '', cost = ''] = bodies().slice(at - 1, at + 1)
    const report = await verified(bundleOf([...bodies().slice(0, at - 1), cost, before, ...bodies().slice(at + 1)]), {
      trust,
    })
    expect([report.exitCode, codesOf(report)]).toEqual([4, ['ENTRY_DISORDERED']])
  })
})

it('says that an audit could not decide', async () => {
  const strict = AuditPolicy.parse({ version: 1, views: 5, resamples: 200, aucMargin: 0.01 })
  const undecided = [await smallAudit('retrained', strict)]
  const closing = smallCase(audits).slice(-2)
  const history = [...smallCase(undecided).filter(({ entry }) => entry.kind !== 'erasure-blocked/v1'), ...closing].map(
    (each): Recorded =>
      each.entry.kind === 'erasure-closed/v1'
        ? {
            ...each,
            entry: {
              ...each.entry,
              predicate: {
                ...each.entry.predicate,
                outcome: 'WITHDRAWN',
                audits: [{ number: 1, verdict: 'INCONCLUSIVE' }],
              },
            },
          }
        : each,
  )
  const report = await verified(told(history, undecided), { trust })
  expect([report.exitCode, codesOf(report)]).toEqual([2, ['VERDICT_INCONCLUSIVE']])
})

it('takes the reader’s present from the reader: before the bundle was made, nothing in it is believed', async () => {
  const report = await verified(bytes, { trust, at: new Date('2026-01-01') })
  expect([report.exitCode, codesOf(report)]).toEqual([4, ['TIME_IN_FUTURE']])
})
