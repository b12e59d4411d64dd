// npm run schema-changes: what changed in schema.graphql since the last release in schema-releases, breaking changes
// first. Fails on a breaking change that acknowledged.json does not name with a reason and a date, on an entry there
// that names no change, and on a deprecation that does not say on which day the thing may go.
//   --release FILE   compare with another SDL      --schema FILE   compare another SDL
//   --acknowledged FILE                            entries { "change", "reason", "date" }
//   --all            also lists what nobody can be broken by; otherwise it is counted
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { CriticalityLevel, diff } from '@graphql-inspector/core'
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql'

const releases = fileURLToPath(new URL('../schema-releases/', import.meta.url))

/** File of the highest version. */
const newestRelease = () =>
  releases +
  readdirSync(releases)
    .filter((name) => /^\d+\.\d+\.\d+\.graphql$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1)

/** @returns {string[]} coordinates of what is deprecated without a day from which it may be gone */
function undatedDeprecations(schema) {
  const members = Object.values(schema.getTypeMap()).flatMap((type) => {
    if (isEnumType(type)) return type.getValues().map((value) => [`${type.name}.${value.name}`, value])
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return []
    return Object.values(type.getFields()).flatMap((field) => [
      [`${type.name}.${field.name}`, field],
      ...('args' in field ? field.args.map((arg) => [`${type.name}.${field.name}(${arg.name}:)`, arg]) : []),
    ])
  })
  return members
    .filter(
      ([, { deprecationReason }]) => deprecationReason != null && !/\b\d{4}-\d{2}-\d{2}\b/.test(deprecationReason),
    )
    .map(([coordinate]) => coordinate)
}

const { values } = parseArgs({
  options: {
    release: { type: 'string', default: newestRelease() },
    schema: { type: 'string', default: fileURLToPath(new URL('../schema.graphql', import.meta.url)) },
    acknowledged: { type: 'string', default: `${releases}acknowledged.json` },
    all: { type: 'boolean', default: false },
  },
})
const schema = buildSchema(readFileSync(values.schema, 'utf8'))
const all = await diff(buildSchema(readFileSync(values.release, 'utf8')), schema)
const changes = all.filter(({ type }) => !type.includes('DESCRIPTION'))
const acknowledged = JSON.parse(readFileSync(values.acknowledged, 'utf8'))
const incomplete = acknowledged.filter(
  ({ change, reason, date }) => !change || !reason || !/^\d{4}-\d{2}-\d{2}$/.test(date ?? ''),
)
const breaking = changes.filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
const isAcknowledged = ({ message }) => acknowledged.some(({ change }) => change === message)
const unexplained = breaking.filter((change) => !isAcknowledged(change))
const stale = acknowledged.filter(({ change }) => !breaking.some(({ message }) => message === change))
const undated = undatedDeprecations(schema)

for (const change of breaking) {
  const note = acknowledged.find((entry) => entry.change === change.message)
  console.log(`BREAKING  ${change.message}${note ? ` (acknowledged ${note.date}: ${note.reason})` : ''}`)
}
const levels = [CriticalityLevel.Dangerous, ...(values.all ? [CriticalityLevel.NonBreaking] : [])]
for (const level of levels)
  for (const { message, criticality } of changes)
    if (criticality.level === level) console.log(`${level.toLowerCase().replace('_', '-')}  ${message}`)
for (const { message } of unexplained) console.error(`Not acknowledged: ${message}`)
for (const { change } of stale) console.error(`Acknowledged, but no change: ${change}`)
for (const entry of incomplete) console.error(`Needs change, reason and date: ${JSON.stringify(entry)}`)
for (const coordinate of undated) console.error(`Deprecated without a day (YYYY-MM-DD): ${coordinate}`)
const faults = unexplained.length + stale.length + incomplete.length + undated.length
console.log(`${changes.length} changes, ${breaking.length} breaking, ${faults} to be mended`)
process.exitCode = faults === 0 ? 0 : 1
