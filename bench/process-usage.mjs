import { readdirSync, readFileSync } from 'node:fs'

const ticksPerSecond = 100

/** CPU seconds and peak resident memory of a process so far; null where there is no /proc or it has ended. */
export function readUsage(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      peakBytes: Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024,
    }
  } catch {
    return null
  }
}

/** A process and all that descend from it. */
function familyOf(pid) {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]]
      } catch {
        return []
      }
    })
  const family = [pid]
  for (const member of family) family.push(...parents.filter(([, parent]) => parent === member).map(([child]) => child))
  return family
}

/** Usage of named processes, each with its children. Memory is the sum of peaks, so shared pages count more than once. */
export function readFamilyUsage(processes) {
  return processes.flatMap(({ name, pid }) => {
    const usages = familyOf(pid).flatMap((member) => readUsage(member) ?? [])
    if (usages.length === 0) return []
    return [
      {
        name,
        cpuSeconds: usages.reduce((sum, usage) => sum + usage.cpuSeconds, 0),
        peakBytes: usages.reduce((sum, usage) => sum + usage.peakBytes, 0),
      },
    ]
  })
}

export const usageTable = (usages) => ({
  title: 'CPU and memory by process',
  columns: ['process', 'CPU s', 'peak MiB'],
  rows: usages.map(({ name, cpuSeconds, peakBytes }) => [name, cpuSeconds, peakBytes / 2 ** 20]),
})
