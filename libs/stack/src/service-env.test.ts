import { expect, it } from 'vitest'
import { serviceEnv, serviceNames, type PlatformFacts } from './service-env.js'

const facts: PlatformFacts = {
  ownerUrl: 'postgresql://postgres:owner-secret@127.0.0.1:5432/lethe',
  passwords: { gateway: 'gateway-secret', registrar: 'registrar-secret', auth: 'auth-secret' },
  natsUrls: {
    registrar: 'nats://registrar:n1@127.0.0.1:4222',
    compute: 'nats://compute:n2@127.0.0.1:4222',
    embedding: 'nats://embedding:n3@127.0.0.1:4222',
    gateway: 'nats://gateway:n4@127.0.0.1:4222',
  },
  ports: { registrar: 1, compute: 2, embedding: 3, gateway: 4, portal: 5 },
  blobsPort: 6,
  gatewaySecret: 'session-secret',
  blobGrantSecret: 'grant-secret',
  logSigningKeyFile: '/state/secrets/log-signing-key.pem',
  checkpointDir: '/state/checkpoints',
  logPublicKey: 'public',
  modelSigningKeyFile: '/state/secrets/model-signing-key.pem',
  modelPublicKey: 'public',
  embeddingKeyFile: '/state/secrets/embedding-service-key.pem',
  embeddingPublicKey: 'public',
  logPreviousPublicKeys: ['older', 'oldest'],
  bootstrapAdmin: { email: 'admin@lethe.local', password: 'admin-secret' },
  mail: { url: 'file:///outbox', from: 'Lethe <no-reply@lethe.local>' },
  uploadDir: '/state/uploads',
  webhookTargets: 'public',
  signIn: { SIGN_UP: '', OIDC_ISSUERS: '', SSO_ALLOW_LOOPBACK: '', DNS_SERVERS: '', TRUST_PROXY: '' },
  tensorflow: { backend: 'auto', tfjsNodeDir: '/cache/tf', summary: '' },
  logLevel: 'info',
}
const told = (name: (typeof serviceNames)[number]) => JSON.stringify(serviceEnv(name, facts))

it('tells workers where blobs are given out, and only registrar and gateway where they lie', () => {
  expect(serviceNames.filter((name) => 'BLOBS_URL' in serviceEnv(name, facts))).toEqual(['compute', 'embedding'])
  expect(serviceNames.filter((name) => 'ARTIFACTS' in serviceEnv(name, facts))).toEqual(['registrar', 'gateway'])
})

it('gives nobody the database owner', () => {
  for (const name of serviceNames) expect(told(name)).not.toContain('owner-secret')
})

it('gives compute, embedding and portal no database, and the signing key to the registrar alone', () => {
  for (const name of ['compute', 'embedding', 'portal'] as const) expect(told(name)).not.toContain('postgresql:')
  expect(serviceNames.filter((name) => told(name).includes('log-signing-key'))).toEqual(['registrar'])
  expect(serviceNames.filter((name) => told(name).includes('embedding-service-key'))).toEqual(['embedding'])
  expect(serviceNames.filter((name) => told(name).includes('grant-secret'))).toEqual(['registrar'])
  for (const secret of ['session-secret', 'admin-secret'])
    expect(serviceNames.filter((name) => told(name).includes(secret))).toEqual(['gateway'])
})

it('tells whoever signs and whoever shows the log which keys signed before', () => {
  const told = serviceNames.filter((name) => serviceEnv(name, facts)['LOG_PREVIOUS_PUBLIC_KEYS'] === 'older,oldest')
  expect(told).toEqual(['registrar', 'gateway'])
})

it('signs each in to the database and the bus under its own name', () => {
  expect(serviceEnv('gateway', facts).DATABASE_URL).toBe(
    'postgresql://lethe_gateway:gateway-secret@127.0.0.1:5432/lethe',
  )
  expect(serviceEnv('compute', facts).NATS_URL).toContain('compute:n2')
  expect(serviceEnv('portal', facts).NATS_URL).toBeUndefined()
})

it('tells gateway and registrar, and nobody else, where mail goes', () => {
  expect(serviceNames.filter((name) => 'MAIL_URL' in serviceEnv(name, facts))).toEqual(['registrar', 'gateway'])
})
