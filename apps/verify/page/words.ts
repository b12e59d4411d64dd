import type { Language } from '@lethe/verifier'

/** What the page says besides the report itself. */
export interface PageWords {
  readonly title: string
  readonly lead: string
  readonly bundle: string
  readonly bundleHint: string
  readonly trust: string
  readonly trustHint: string
  readonly trustFile: string
  readonly opening: string
  readonly openingHint: string
  readonly verify: string
  readonly working: string
  readonly ready: string
  readonly bundleMissing: string
  readonly trustMissing: string
  readonly details: string
  readonly audit: (number: number, verdict: string) => string
  readonly chosen: (name: string, size: string) => string
  readonly exitCode: (code: number) => string
  readonly unexpected: string
}

const english: PageWords = {
  title: 'Verify evidence of an erasure',
  lead: 'Everything happens in this page, on this machine: nothing is sent, nothing in a bundle is executed, and no key in a bundle is believed.',
  bundle: 'Evidence bundle',
  bundleHint:
    'Drop erasure-….tar here, or choose it. A saved answer of the API (.json) or an export (.jsonl) does too.',
  trust: 'Trust roots',
  trustHint:
    'Lines that begin with log, model or witness. Get them from whoever runs the platform, by another way than the bundle.',
  trustFile: 'Read them from a file',
  opening: 'Opening (data owners only)',
  openingHint: 'With the opening that you were given, it is also checked that the request was about your pictures.',
  verify: 'Verify',
  working: 'Verifying …',
  ready: 'Done.',
  bundleMissing: 'Choose a bundle first.',
  trustMissing: 'Give the trust roots first: without keys that you trust, a signature says nothing.',
  details: 'Checks',
  audit: (number, verdict) => `Audit ${number}: ${verdict}, matrices as computed here`,
  chosen: (name, size) => `${name}, ${size}`,
  exitCode: (code) => `As a command: exit code ${code}.`,
  unexpected: 'The verifier itself failed on this file. Do not believe the bundle; please report this.',
}

const japanese: PageWords = {
  title: '消去の証拠を検証する',
  lead: 'すべてこのページの中、この端末で行われます。何も送信せず、証拠束の中身を実行せず、証拠束の中の鍵を信用しません。',
  bundle: '証拠束',
  bundleHint:
    'erasure-….tar をここに落とすか、選んでください。保存した API の応答（.json）や書き出し（.jsonl）も検証できます。',
  trust: '信頼ルート',
  trustHint: 'log・model・witness で始まる行。証拠束とは別の経路で、運営者から入手してください。',
  trustFile: 'ファイルから読む',
  opening: '開示情報（データ所有者のみ）',
  openingHint: '受け取った開示情報があれば、請求があなたの画像についてのものかも確認します。',
  verify: '検証する',
  working: '検証中 …',
  ready: '完了しました。',
  bundleMissing: '先に証拠束を選んでください。',
  trustMissing: '先に信頼ルートを与えてください。信頼する鍵がなければ、署名は何も示しません。',
  details: '確認項目',
  audit: (number, verdict) => `監査 ${number}：${verdict}。ここで再計算した行列`,
  chosen: (name, size) => `${name}（${size}）`,
  exitCode: (code) => `コマンドの終了コード：${code}`,
  unexpected: 'このファイルで検証器自体が失敗しました。証拠束を信用せず、ご報告ください。',
}

export const pageWords: Readonly<Record<Language, PageWords>> = { en: english, ja: japanese }
