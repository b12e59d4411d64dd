// What the Job `migrate` runs: the migrations, then the passwords of the logins that they made.
import { migrate, setRolePasswords } from '@lethe/db'

const wanted = ['OWNER_DATABASE_URL', 'GATEWAY_PASSWORD', 'REGISTRAR_PASSWORD', 'AUTH_PASSWORD']
const missing = wanted.filter((name) => !process.env[name])
if (missing.length > 0) {
  process.stderr.write(`Set ${missing.join(', ')}; see k8s/base/migrate.yaml.\n`)
  process.exit(1)
}

const { OWNER_DATABASE_URL: ownerUrl, GATEWAY_PASSWORD, REGISTRAR_PASSWORD, AUTH_PASSWORD } = process.env
const applied = await migrate({ ownerUrl })
await setRolePasswords({
  ownerUrl,
  passwords: { gateway: GATEWAY_PASSWORD, registrar: REGISTRAR_PASSWORD, auth: AUTH_PASSWORD },
})
process.stdout.write(applied.length > 0 ? `Applied ${applied.join(', ')}.\n` : 'Nothing to apply.\n')
