import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'

/** True when node_modules holds what package-lock.json says, apart from optional packages of other platforms. */
export function isInstalled(root) {
  const wanted = readPackages(path.join(root, 'package-lock.json'))
  const present = readPackages(path.join(root, 'node_modules', '.package-lock.json'))
  if (wanted === undefined || present === undefined) return false
  return Object.entries(wanted).every(([name, entry]) => {
    if (!name.includes('node_modules/') || entry.optional || entry.devOptional || entry.peer) return true
    return present[name] !== undefined && (entry.link || present[name].version === entry.version)
  })
}

/** `npm ci` if anything is missing. Exits with npm's code if it fails. */
export function installIfNeeded(root) {
  if (isInstalled(root)) return
  console.log('Installing packages (npm ci).')
  const npm = process.env.npm_execpath
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm, 'ci'] : ['npm', 'ci']
  const env = { ...process.env, npm_config_fund: 'false', npm_config_audit: 'false', npm_config_loglevel: 'error' }
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env })
  if (status !== 0) {
    console.error('npm ci failed; nothing was started. Mend what it says above and run this again.')
    process.exit(status ?? 1)
  }
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}
