import type { AuditPolicy, TrainingRecipe, UnlearningRecipe } from '@lethe/domain'

export interface TenantSetting {
  readonly name: string
  readonly slug: string
  readonly timeZone: string
}

/** What a demonstration does, with what data and at what size. */
export interface Scenario {
  readonly name: string
  /** What it costs, in one sentence for people. */
  readonly cost: string
  readonly tenant: TenantSetting
  /** Another tenant, who must see nothing of the first. */
  readonly otherTenant: TenantSetting
  readonly dataset: {
    readonly name: string
    readonly description: string
    readonly attribution: string
    readonly imageSize: number
    /** The WebDataset tar to register. */
    readonly build: () => Promise<Uint8Array>
  }
  readonly modelName: string
  readonly recipe: TrainingRecipe
  /** Key of the data owner who asks to be forgotten. */
  readonly forgetOwner: string
  readonly ground: string
  readonly unlearning: UnlearningRecipe
  readonly comparisons: readonly UnlearningRecipe[]
  readonly policy: AuditPolicy
}
