// npm run bus-permissions: k8s/base/nats-users.yaml, what each service may say and hear on the bus, from libs/bus.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildAll } from './build.mjs'

await buildAll({ portal: false })
const { busPermissions } = await import('@lethe/bus')
const { natsUsersConf } = await import('@lethe/stack')

const users = Object.entries(busPermissions).map(([user, permissions]) => {
  return { user, password: `$${user.toUpperCase()}_PASSWORD`, permissions }
})
const indented = natsUsersConf(users).replace(/^(?=.)/gm, '    ')
writeFileSync(
  fileURLToPath(new URL('../k8s/base/nats-users.yaml', import.meta.url)),
  `# Made by \`npm run bus-permissions\` of libs/bus/src/permissions.ts.
apiVersion: v1
kind: ConfigMap
metadata:
  name: nats-users
data:
  users.conf: |
${indented}`,
)
