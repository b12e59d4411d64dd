import { httpStore } from '@lethe/artifacts'
import { watchDeployments, type Bus, type GrantedDeployment } from '@lethe/bus'
import { Digest, DomainError } from '@lethe/domain'
import { loadEmbedder, type Embedder, type Representation } from '@lethe/learning'
import type { Logger } from '@lethe/runtime'

export interface DeployedModelsOptions {
  readonly bus: Bus
  /** Where weights are given out for a deployment's grant. */
  readonly blobsUrl: string
  readonly logger: Logger
  /** Models kept in memory; the one that was used longest ago makes room. */
  readonly warm: number
  readonly signal: AbortSignal
}

/** Somebody waits for the answer while weights are fetched. */
const patienceMs = 10_000

/** Work that may wait for the device. Beyond it the caller is told to come back, rather than to wait without end. */
const maxWaiting = 64

/** What may be served, and the few models of it that are in memory. The device does one thing at a time, in order. */
export class DeployedModels {
  readonly #deployments = new Map<string, GrantedDeployment>()
  /** In order of use, oldest first. */
  readonly #loaded = new Map<string, Promise<Embedder>>()
  #device: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #isCurrent = false

  constructor(private readonly options: DeployedModelsOptions) {}

  /** True once every deployment that existed at the start is known. */
  get isCurrent(): boolean {
    return this.#isCurrent
  }

  /** Follows deployments until the signal aborts. */
  follow(): Promise<void> {
    const { bus, signal, logger } = this.options
    return watchDeployments(
      bus,
      {
        onCurrent: () => (this.#isCurrent = true),
        onPut: (deployment) => this.#put(deployment),
        onRemove: (modelVersionId) => this.#remove(modelVersionId),
        onMalformed: (modelVersionId) => logger.warn({ modelVersionId }, 'deployment entry is malformed; not served'),
      },
      signal,
    )
  }

  /** A version of another tenant is as absent as one that never was. @throws DomainError MODEL_NOT_DEPLOYED. */
  find(tenantId: string, modelVersionId: string): GrantedDeployment {
    const deployment = this.#deployments.get(modelVersionId)
    if (deployment?.tenantId === tenantId) return deployment
    throw notDeployed()
  }

  /** Width of each representation, and whether texts can be embedded. */
  describe(deployment: GrantedDeployment): Promise<{ dimensions: Record<Representation, number>; texts: boolean }> {
    return this.#onDevice(async () => {
      const { dimension, projectionDimension, embedTexts } = await this.#embedder(deployment)
      return { dimensions: { features: dimension, projection: projectionDimension }, texts: embedTexts !== null }
    })
  }

  /** images: [n, size, size, 3] as bytes → one embedding per picture. */
  embed(deployment: GrantedDeployment, images: Uint8Array, representation: Representation): Promise<Float32Array> {
    return this.#onDevice(async () => (await this.#embedder(deployment)).embed(images, representation))
  }

  /** Texts → one embedding each, beside projections of pictures. @throws DomainError TEXTS_UNSUPPORTED. */
  embedTexts(deployment: GrantedDeployment, texts: readonly string[]): Promise<Float32Array> {
    return this.#onDevice(async () => {
      const { embedTexts } = await this.#embedder(deployment)
      if (embedTexts !== null) return embedTexts(texts)
      throw new DomainError('TEXTS_UNSUPPORTED', 'This model reads no texts; ask it about pictures only.')
    })
  }

  async close(): Promise<void> {
    for (const modelVersionId of [...this.#loaded.keys()]) this.#evict(modelVersionId)
    await this.#device
  }

  #put(deployment: GrantedDeployment): void {
    const { modelVersionId, weights } = deployment
    const before = this.#deployments.get(modelVersionId)
    this.#deployments.set(modelVersionId, deployment)
    if (before && before.weights.digest !== weights.digest) this.#evict(modelVersionId)
  }

  #remove(modelVersionId: string): void {
    this.#deployments.delete(modelVersionId)
    this.#evict(modelVersionId)
  }

  async #embedder(deployment: GrantedDeployment): Promise<Embedder> {
    const { modelVersionId } = deployment
    // It may have been undeployed while the request waited; then it is not served any more, however near the end it was.
    if (this.#deployments.get(modelVersionId)?.weights.digest !== deployment.weights.digest) throw notDeployed()
    const loading = this.#loaded.get(modelVersionId) ?? this.#load(deployment)
    this.#loaded.delete(modelVersionId)
    this.#loaded.set(modelVersionId, loading)
    for (const oldest of [...this.#loaded.keys()].slice(0, -this.options.warm)) this.#evict(oldest)
    try {
      return await loading
    } catch (error) {
      this.#loaded.delete(modelVersionId)
      this.options.logger.error({ modelVersionId, err: error }, 'model cannot be loaded')
      throw new DomainError('MODEL_UNAVAILABLE', 'The weights of this model cannot be read; ask its operator.')
    }
  }

  async #load({ tenantId, weights, imageSize, grant }: GrantedDeployment): Promise<Embedder> {
    const { blobsUrl: url, signal } = this.options
    const artifacts = httpStore({ url, grant, signal, patienceMs })
    const embedder = loadEmbedder(await artifacts.get(tenantId, Digest.parse(weights.digest)))
    if (embedder.height === imageSize && embedder.width === imageSize) return embedder
    embedder.dispose()
    throw new DomainError('DEPLOYMENT_INVALID', 'The deployment names another picture size than the weights.')
  }

  /** Waits its turn on the device, so that nothing is disposed of while it computes. */
  #evict(modelVersionId: string): void {
    const loading = this.#loaded.get(modelVersionId)
    if (!loading) return
    this.#loaded.delete(modelVersionId)
    this.#device = this.#device.then(async () => (await loading.catch(() => null))?.dispose())
  }

  async #onDevice<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= maxWaiting)
      throw new DomainError('BUSY', 'Too many requests are waiting for the device; try again in a few seconds.')
    this.#waiting += 1
    const turn = this.#device.then(work)
    this.#device = turn.catch(() => undefined)
    return turn.finally(() => (this.#waiting -= 1))
  }
}

const notDeployed = (): DomainError =>
  new DomainError(
    'MODEL_NOT_DEPLOYED',
    'No such model version is deployed; deploy it, or correct the id.',
    'modelVersionId',
  )
