import { AuditReport, Digest } from '@lethe/domain'
import { modelVerifierPem } from '@lethe/ledger'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { isUuid } from '../graphql/page.js'
import { maySeeSample } from '../modules/dataset/dataset.reads.js'
import { actionOfFile, isDestroyedFile, readVersionFile } from '../modules/model/version-files.js'
import type { Services } from '../services.js'
import { authorise } from './authenticate.js'
import { SamplePictures } from './sample-pictures.js'

const notFound = (reply: FastifyReply) =>
  reply.code(404).send({ code: 'NOT_FOUND', message: 'There is no such thing.' })

const destroyed = (reply: FastifyReply) =>
  reply.code(410).send({
    code: 'WEIGHTS_DESTROYED',
    message: 'Weights and training state of this version were deleted by an erasure; what is on record of it stays.',
  })

/** An hour in the browser of whoever asked; another person's token at the same browser asks anew. */
const kept = { 'cache-control': 'private, max-age=3600', vary: 'authorization' }

/** What is too large or too plain for GraphQL: pictures, alignment matrices, evidence bundles, a model's files, the signed log checkpoint. */
export function mountFiles(app: FastifyInstance, services: Services): void {
  const pictures = new SamplePictures(services.artifacts)

  app.get<{ Params: { version: string; file: string } }>('/v1/samples/:version/:file', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'dataset:read')
    if (scope === null) return reply
    const { version, file } = request.params
    const index = /^(\d{1,9})\.png$/.exec(file)?.[1]
    if (index === undefined || !isUuid(version)) return notFound(reply)
    const row = await scope.loaders.datasetVersion.load(version)
    if (!row?.packDigest || !(await maySeeSample(scope, version, Number(index)))) return notFound(reply)
    // An erasure numbers rows anew: what a browser kept is asked about each time, and shown only while the pack is the same.
    const etag = `"${row.packDigest}-${index}"`
    const current = { 'cache-control': 'private, no-cache', vary: 'authorization', etag }
    if (request.headers['if-none-match'] === etag) return reply.code(304).headers(current).send()
    const { tenantId, id, packDigest } = { ...row, packDigest: row.packDigest }
    const png = await pictures.png({ tenantId, id, packDigest }, Number(index))
    if (png === null) return notFound(reply)
    return reply.type('image/png').headers(current).send(Buffer.from(png))
  })

  app.get<{ Params: { id: string } }>('/v1/audits/:id/matrices', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'audit:read')
    if (scope === null) return reply
    const audit = await scope.loaders.audit.load(request.params.id)
    if (audit === null) return notFound(reply)
    const { digest } = AuditReport.parse(audit.report).matrices
    const bytes = await services.artifacts.get(scope.tenantId, digest)
    return reply
      .type('application/octet-stream')
      .header('content-disposition', `attachment; filename="audit-${audit.number}.safetensors"`)
      .headers(kept)
      .header('etag', `"${digest}"`)
      .send(Buffer.from(bytes))
  })

  app.get<{ Params: { id: string } }>('/v1/evidence/bundles/:id', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'erasure:read')
    if (scope === null) return reply
    const bundle = await scope.loaders.evidenceBundle.load(request.params.id)
    const asked = bundle?.digest && (await scope.loaders.erasureRequest.load(bundle.requestId))
    if (!bundle?.digest || !asked) return notFound(reply)
    const bytes = await services.artifacts.get(scope.tenantId, Digest.parse(bundle.digest))
    return reply
      .type('application/x-tar')
      .header('content-disposition', `attachment; filename="erasure-${asked.number}.tar"`)
      .headers(kept)
      .header('etag', `"${bundle.digest}"`)
      .send(Buffer.from(bytes))
  })

  app.get<{ Params: { id: string; file: string } }>('/v1/model-versions/:id/:file', async (request, reply) => {
    const { id, file } = request.params
    const action = actionOfFile(file)
    if (action === undefined) return notFound(reply)
    const scope = await authorise(request, reply, services, action)
    if (scope === null) return reply
    const version = isUuid(id) ? await scope.loaders.modelVersion.load(id) : null
    if (version?.destroyedAt != null && isDestroyedFile(file)) return destroyed(reply)
    const found = version && (await readVersionFile(scope, version, file))
    if (!found) return notFound(reply)
    return reply
      .type(found.mediaType)
      .header('content-disposition', `attachment; filename="${file}"`)
      .send(Buffer.from(found.bytes))
  })

  app.get('/v1/evidence/model-signing-key.pem', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'evidence:read')
    if (scope === null) return reply
    return reply
      .type('application/x-pem-file')
      .header('content-disposition', 'attachment; filename="model-signing-key.pem"')
      .send(modelVerifierPem(services.modelVerifier))
  })

  app.get('/v1/evidence/log-checkpoint', async (request, reply) => {
    const scope = await authorise(request, reply, services, 'evidence:read')
    if (scope === null) return reply
    const newest = await scope.db.logCheckpoint.findFirst({ orderBy: { size: 'desc' } })
    return newest === null ? notFound(reply) : reply.type('text/plain; charset=utf-8').send(newest.note)
  })
}
