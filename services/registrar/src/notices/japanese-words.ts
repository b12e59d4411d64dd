import type { ErasureState, Role, RunKind, Verdict } from '@lethe/domain'

/** As the portal words them. */
export const japaneseWords: {
  readonly states: Readonly<Record<ErasureState, string>>
  readonly verdicts: Readonly<Record<Verdict, string>>
  readonly runs: Readonly<Record<RunKind, string>>
  readonly roles: Readonly<Record<Role, string>>
} = {
  states: {
    RECEIVED: '受付済み',
    IDENTITY_PENDING: '本人確認中',
    VERIFIED: '本人確認済み',
    PLANNED: '計画済み',
    APPROVED: '承認済み',
    UNLEARNING: '忘却中',
    AUDITING: '監査中',
    ERASING: '消去中',
    BLOCKED: '保留',
    FULFILLED: '完了',
    REJECTED: '却下',
    WITHDRAWN: '取り下げ',
  },
  verdicts: {
    PASS: '合格',
    RESIDUAL: '残存',
    OVER_FORGOTTEN: '過剰忘却',
    INCONCLUSIVE: '判定不能',
  },
  runs: {
    ingest: 'データセットの取り込み',
    pretrain: '事前学習',
    unlearn: '忘却',
    audit: '監査',
    redact: 'データセットからの画像の除去',
  },
  roles: {
    tenant_owner: 'テナント所有者',
    engineer: 'エンジニア',
    privacy_officer: 'プライバシー責任者',
    data_owner: 'データ所有者',
    auditor: '監査人',
    platform_admin: 'プラットフォーム管理者',
  },
}
