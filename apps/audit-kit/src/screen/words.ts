import type { Language } from '@lethe/report'
import type { Forecast } from '../audit/forecast.js'
import type { CheckName, CheckOutcome } from '../verify/verify-folder.js'

interface Counts {
  readonly forget: number
  readonly heldOut: number
  readonly retain: number
  readonly leftOut: number
  readonly imageSize: number
}

interface Reach {
  readonly margin: number
  readonly forget: number
  readonly heldOut: number
}

/** What the kit says on the terminal. Refusals are English sentences of their own. */
export interface ScreenWords {
  readonly before: string
  readonly after: string
  readonly weights: (digest: string | null) => string
  readonly pictures: (counts: Counts) => string
  readonly cost: (forecast: Forecast, megabytes: string) => string
  readonly reach: (forecast: Forecast, policy: Reach) => string
  readonly planned: string
  readonly resumed: (kept: number) => string
  readonly progress: (done: number, of: number, eta: string) => string
  readonly duration: (seconds: number) => string
  readonly judging: string
  readonly retry: (reason: string, seconds: number) => string
  readonly onlyBefore: (folder: string) => string
  readonly stopped: (folder: string) => string
  readonly plainToken: string
  readonly newKey: (file: string) => string
  readonly written: (folder: string) => string
  readonly checks: Readonly<Record<CheckName, string>>
  readonly outcomes: Readonly<Record<CheckOutcome, string>>
  readonly foundKey: string
  readonly verified: { readonly whole: string; readonly partly: string; readonly broken: string }
  readonly doesNotShow: string
}

const percent = (share: number): string => `${Math.floor(100 * share)} %`
/** Rounded up: a margin that is said to suffice does. */
const figure = (value: number): string => (Math.ceil(100 * value - 1e-9) / 100).toFixed(2)

function englishWhyNot(
  { requiredForgetSize, requiredQuestions, smallestMargin }: Forecast,
  forget: number,
  heldOut: number,
): string {
  if (heldOut < requiredQuestions)
    return `to show that quality is kept takes ${requiredQuestions} held-out pictures, and there are ${heldOut}`
  if (requiredForgetSize === null)
    return `with ${heldOut} held-out pictures no number of yours suffices; hold out more, or give --margin ${figure(smallestMargin)}`
  return `it takes ${requiredForgetSize} pictures to be forgotten, and there are ${forget}; or give --margin ${figure(smallestMargin)}`
}

function japaneseWhyNot(
  { requiredForgetSize, requiredQuestions, smallestMargin }: Forecast,
  forget: number,
  heldOut: number,
): string {
  if (heldOut < requiredQuestions)
    return `品質の維持を示すにはホールドアウト画像が ${requiredQuestions} 枚必要です（現在 ${heldOut} 枚）`
  if (requiredForgetSize === null)
    return `ホールドアウト画像 ${heldOut} 枚では、対象を増やしても足りません。ホールドアウト画像を増やすか、--margin ${figure(smallestMargin)} を指定してください`
  return `対象の画像が ${requiredForgetSize} 枚必要です（現在 ${forget} 枚）。または --margin ${figure(smallestMargin)} を指定してください`
}

const english: ScreenWords = {
  before: 'Before',
  after: 'After',
  weights: (digest) => (digest === null ? 'weights not stated' : `weights ${digest.slice(0, 16)}…`),
  pictures: ({ forget, heldOut, retain, leftOut, imageSize }) =>
    `Pictures  ${forget} to be forgotten, ${heldOut} held out${retain > 0 ? `, ${retain} retained` : ''}, each fitted whole into ${imageSize} × ${imageSize}${leftOut > 0 ? `; ${leftOut} files left out` : ''}`,
  cost: ({ questions, requests }, megabytes) =>
    `Cost      ${questions.toLocaleString('en')} questions in about ${requests.toLocaleString('en')} requests, ${megabytes} MB to send`,
  reach: (forecast, { margin, forget, heldOut }) =>
    [
      `Reach     traces: ${forecast.detects.map(({ auc, power }) => `AUC ${figure(auc)} is found with a chance of ${percent(power)}`).join(', ')}`,
      `          forgetting: that the AUC lies within ${figure(0.5 - margin)} to ${figure(0.5 + margin)} is shown with a chance of ${percent(forecast.passPower)}`,
      ...(forecast.canPass ? [] : [`          No pass is possible: ${englishWhyNot(forecast, forget, heldOut)}.`]),
    ].join('\n'),
  planned: 'Nothing was asked about pictures, and nothing was written. Run it without --plan to begin.',
  resumed: (kept) => `Going on: ${kept} requests are answered already.`,
  progress: (done, of, eta) => `Asked ${done.toLocaleString('en')} of ${of.toLocaleString('en')}, ${eta} left`,
  duration: (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.round(seconds / 60)} min`),
  judging: 'Computing statistics',
  retry: (reason, seconds) => `${reason}; asking again in ${seconds} s`,
  onlyBefore: (folder) =>
    `The model before has answered; its answers are kept in ${folder}.\nOnce the model after is served: lethe-audit --resume --out ${folder} --after URL`,
  stopped: (folder) => `What was answered is kept. Go on with: lethe-audit --resume --out ${folder}`,
  plainToken: 'Note: token and pictures travel unencrypted to an http address.',
  newKey: (file) => `A signing key was made for you: ${file}. Keep it, and give others the public key beside it.`,
  written: (folder) => `Written to ${folder}:`,
  checks: {
    signature: 'Signature, and result as signed',
    matrices: 'Matrices as signed',
    data: 'Scores as signed',
    plan: 'Plan as fixed before the first question',
    pictures: 'Pictures as committed to',
    answers: 'Answers as signed, and the scores that follow from them',
    statistics: 'Statistics and verdict, computed anew from the scores',
    report: 'Report, rendered anew',
  },
  outcomes: { holds: 'holds', broken: 'BROKEN', missing: 'not there' },
  foundKey: 'The key came with the folder. Ask its owner for the key by another way and give it with --key.',
  verified: {
    whole: 'Everything holds.',
    partly: 'What is there holds, but not everything is there: this is no full verification.',
    broken: 'Do not rely on this result.',
  },
  doesNotShow:
    'This shows that the result follows from the answers, and who signed it. It does not show that the endpoints were the models that are in use, nor that the held-out pictures were unknown to them.',
}

const japanese: ScreenWords = {
  before: '忘却前',
  after: '忘却後',
  weights: (digest) => (digest === null ? '重みの申告なし' : `重み ${digest.slice(0, 16)}…`),
  pictures: ({ forget, heldOut, retain, leftOut, imageSize }) =>
    `画像      忘却対象 ${forget} 枚、ホールドアウト ${heldOut} 枚${retain > 0 ? `、保持 ${retain} 枚` : ''}（全体を ${imageSize} × ${imageSize} に収めます）${leftOut > 0 ? `、除外 ${leftOut} 件` : ''}`,
  cost: ({ questions, requests }, megabytes) =>
    `費用      問い合わせ ${questions.toLocaleString('ja')} 件（リクエスト約 ${requests.toLocaleString('ja')} 回、送信 ${megabytes} MB）`,
  reach: (forecast, { margin, forget, heldOut }) =>
    [
      `検出力    痕跡を検出できる確率: ${forecast.detects.map(({ auc, power }) => `AUC ${figure(auc)} なら ${percent(power)}`).join('、')}`,
      `          AUC が ${figure(0.5 - margin)}〜${figure(0.5 + margin)} に収まる忘却を示せる確率: ${percent(forecast.passPower)}`,
      ...(forecast.canPass ? [] : [`          合格はありえません: ${japaneseWhyNot(forecast, forget, heldOut)}。`]),
    ].join('\n'),
  planned: '画像については何も問い合わせておらず、何も書き込んでいません。開始するには --plan を外してください。',
  resumed: (kept) => `再開します。${kept} 回分のリクエストには回答済みです。`,
  progress: (done, of, eta) => `${done.toLocaleString('ja')} / ${of.toLocaleString('ja')} 件、残り ${eta}`,
  duration: (seconds) => (seconds < 90 ? `${Math.ceil(seconds)} 秒` : `${Math.round(seconds / 60)} 分`),
  judging: '統計を計算しています',
  retry: (reason, seconds) => `${reason}。${seconds} 秒後にもう一度問い合わせます`,
  onlyBefore: (folder) =>
    `忘却前のモデルの応答を ${folder} に保存しました。\n忘却後のモデルが公開されたら: lethe-audit --resume --out ${folder} --after URL`,
  stopped: (folder) => `応答は保存されています。再開するには: lethe-audit --resume --out ${folder}`,
  plainToken: '注意: http のアドレスでは、トークンと画像が暗号化されずに送られます。',
  newKey: (file) => `署名鍵を作成しました: ${file}。大切に保管し、隣にある公開鍵をほかの人に渡してください。`,
  written: (folder) => `${folder} に書き込みました:`,
  checks: {
    signature: '署名と、署名された結果',
    matrices: '署名された行列',
    data: '署名されたスコア',
    plan: '最初の問い合わせより前に定めた計画',
    pictures: 'コミットした画像',
    answers: '署名された応答と、そこから導かれるスコア',
    statistics: 'スコアから計算し直した統計と判定',
    report: '描き直した報告書',
  },
  outcomes: { holds: '成立', broken: '不成立', missing: 'ありません' },
  foundKey: '鍵はフォルダーに同梱されていたものです。所有者から別の経路で受け取った鍵を --key で指定してください。',
  verified: {
    whole: 'すべて成立しました。',
    partly: 'あるものは成立しましたが、欠けているものがあります。完全な検証ではありません。',
    broken: 'この結果に頼らないでください。',
  },
  doesNotShow:
    '結果が応答から導かれることと、署名者を示します。エンドポイントが実際に使われているモデルであること、ホールドアウト画像が未学習であることは示しません。',
}

const all: Readonly<Record<Language, ScreenWords>> = { en: english, ja: japanese }

export const screenWords = (language: Language): ScreenWords => all[language]
