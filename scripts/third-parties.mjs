import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** The licences of the packages whose files esbuild put into one: texts that several share stand once. */
export function thirdParties(root, { inputs }) {
  const packages = new Set(
    Object.keys(inputs).flatMap((file) => {
      const place = file.lastIndexOf('node_modules/')
      const inner = /^node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(file.slice(place))
      return place < 0 || inner === null ? [] : [path.join(file.slice(0, place), inner[0])]
    }),
  )
  // Many small packages share one text.
  const namesByText = new Map()
  for (const folder of [...packages].sort()) {
    const { name, version, license } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'))
    const texts = readdirSync(path.join(root, folder))
      .filter((entry) => /^(licen[cs]e|notice)(\.|$)/i.test(entry))
      .map((file) => readFileSync(path.join(root, folder, file), 'utf8').trim())
    const text = texts.join('\n\n')
    namesByText.set(text, [...(namesByText.get(text) ?? []), `${name} ${version} (${license})`])
  }
  const parts = [...namesByText].map(([text, names]) => `${names.join('\n')}\n\n${text}\n`)
  return `This program contains:\n\n${parts.join('\n' + '-'.repeat(80) + '\n\n')}`
}
