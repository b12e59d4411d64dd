import type { Words } from './words.js'

const figure = (number: number): string => number.toLocaleString('ja')

export const japanese: Words = {
  title: '忘却の監査報告書',
  madeAt: '作成日時',
  verdict: {
    PASS: {
      word: '合格',
      sentence:
        'ブラックボックスの問い合わせで示せる範囲で、忘却されています。事前に定めた許容幅の中で、対象の画像は未学習の画像と区別できません。',
    },
    RESIDUAL: { word: '残存', sentence: '痕跡が残っています。モデルは対象の画像を未学習の画像と区別できます。' },
    OVER_FORGOTTEN: {
      word: '過剰忘却',
      sentence: '忘却が過剰です。対象の画像は未学習の画像よりも不自然に扱われ、かえって目立ちます。',
    },
    INCONCLUSIVE: {
      word: '判定不能',
      sentence: '判定できません。この監査では、忘却されたことも、されていないことも示せませんでした。',
    },
  },
  reasons: {
    EQUIVALENCE_SHOWN: '忘却前のモデルは対象を記憶していました。忘却後は許容幅の中で未学習の画像と区別できません。',
    ENDPOINT_NOT_INTACT: 'エンドポイントの応答が、誠実なエンコーダーのものとは認められません。',
    ENDPOINT_TIMED_OUT: 'エンドポイントが時間内に応答しませんでした。',
    ENDPOINT_UNREACHABLE: 'エンドポイントのアドレスに接続できませんでした。',
    ENDPOINT_REFUSED: 'エンドポイントが応答を拒否しました。',
    ENDPOINT_MALFORMED: 'すべての画像の埋め込みが返されませんでした。',
    ENDPOINT_NOT_FINITE: '有限でない、またはゼロの埋め込みが返されました。',
    ENDPOINT_DIMENSION_CHANGED: '問い合わせの間に埋め込みの長さが変わりました。',
    ENDPOINT_INCONSISTENT: '同じ問い合わせに異なる応答が返されました。',
    ENDPOINT_DEPENDS_ON_COMPANY: '応答が、一緒に送った画像やその順序に左右されます。',
    ENDPOINT_CONSTANT: 'すべての画像に同じ埋め込みが返されました。',
    ENDPOINT_NOISY: '画像のわずかな変化に応答が滑らかに従いません（雑音または丸め）。',
    ENDPOINT_RECOGNISES_PICTURES:
      '既知の画像で応答が急に変わります。エンドポイントが画像を見分けている疑いがあります。',
    ENDPOINT_NOT_ATTESTED: '応答が、証明された重みのものと一致しません。',
    BLIND_CONTROL_FAILED: 'モデルなしでも 2 つの集合を区別できます。',
    BLIND_CONTROL_NOT_RUN: '盲検対照を実施できませんでした。',
    SETS_OVERLAP: '集合の間に、同じ画像またはほぼ同じ画像があります。',
    FORGOTTEN_BUT_RETAINED: '忘却対象の画像が、保持された画像にも含まれています。',
    RESIDUAL_MEMBERSHIP: 'モデルは忘却対象を未学習の画像と区別できます。',
    RESIDUAL_IN_FEATURES: '特徴量では、モデルは忘却対象を未学習の画像と区別できます。',
    RESIDUAL_IN_TWINS: '双子のどちらを学習したかを、モデルはまだ知っています。',
    RESIDUAL_IN_PAIRS: 'テキストとの一致度から、忘却対象の組を未学習の組と区別できます。',
    RESIDUAL_IN_CANARIES: 'どのカナリアを学習したかを、モデルはまだ漏らします。',
    MEMORY_COMES_BACK: '忘却した内容が、見たことのないモデルより早く戻ります。',
    OVER_FORGOTTEN: '忘却対象が未学習の画像よりも不自然に扱われています。',
    TOO_FEW_IMAGES: 'この方針に対して画像が足りません。',
    NOTHING_TO_FORGET: '忘却前のモデルに記憶が見られないため、忘却後に見られないことは何も示しません。',
    EQUIVALENCE_NOT_SHOWN: '許容幅内の同等性を示せませんでした。',
    NO_INDEPENDENT_TEST: '忘却の手法が最適化していない記憶の検定で、満たされたものがありません。',
    UTILITY_NOT_KEPT: '品質が保たれたことを示せませんでした。',
    NEIGHBOURS_HARMED: '忘却対象に近い保持画像が、ほかの画像より大きな影響を受けました。',
    REQUIRED_TEST_NOT_MET: '方針が求める検定を満たしていません。',
  },
  asked: {
    title: '問い',
    question: ({ forget, heldOut, retain }) =>
      `忘却後のモデルが、対象の画像 ${figure(forget)} 枚をまだ知っているかどうか。どのモデルの学習にも使われていないホールドアウト画像 ${figure(heldOut)} 枚${
        retain > 0 ? `と保持された画像 ${figure(retain)} 枚` : ''
      }と比べました。用いたのは、忘却前と忘却後の 2 つのエンドポイントが返した埋め込みだけで、重みは見ていません。`,
    rule: ({ low, high, alpha, power }) =>
      `事前の取り決め: 合格には、忘却対象と未学習の画像を区別する AUC（0.5 で偶然と同じ）が ${low}〜${high} に収まることを、水準 ${alpha} の 2 つの片側検定と ${power} 以上の検出力で示す必要があります。`,
    enough: ({ forget, required }) =>
      `これには対象の画像が ${figure(required)} 枚あれば足ります。今回は ${figure(forget)} 枚でした。`,
    tooFew: ({ forget, required }) =>
      `これには対象の画像が ${figure(required)} 枚必要ですが、今回は ${figure(forget)} 枚でした。大きな失敗しか見つけられません。`,
    unreachable:
      'ホールドアウト画像がこれほど少ないと、対象の画像を増やしてもこの検出力に届きません。大きな失敗しか見つけられません。',
  },
  matrices: {
    title: 'アラインメント行列',
    note: '各画像の 2 つのビューと、ほかのすべての画像のビューとの類似度です。対角線は同じ画像どうしです。忘却は対象画像の対角線を下げ、ホールドアウト画像は変えません。類似度と差は、それぞれ共通の尺度で描いています。',
    sets: { forget: '忘却対象の画像', heldOut: 'ホールドアウト画像' },
    stages: { before: '前', after: '後', gap: '差' },
    of: (set, stage) => `${set}（${stage}）`,
    similarity: 'コサイン類似度',
    gap: '差（前 − 後）',
    alt: ({ set, stage, size, diagonal, rest }) =>
      `${set}（${stage}）: ${size} × ${size} の値。対角の平均 ${diagonal}、対角以外の平均 ${rest}。`,
    summary: {
      title: '行列の要約',
      matrix: '行列',
      diagonal: '対角の平均',
      rest: '対角以外の平均',
      range: '範囲',
    },
    shown: ({ shown, of }) => `各集合 ${figure(of)} 枚のうち、最初の ${figure(shown)} 枚を表示しています。`,
    texts: '画像とテキスト',
    textsNote: '縦が画像、横がテキストです。対角線は画像とそのテキストです。',
  },
  distributions: {
    title: 'アラインメントの分布',
    note: '1 枚の画像のビューどうしの類似度です。記憶しているモデルでは 2 つの集合が離れ、見たことのないモデルでは重なります。下の線は平均とその区間です。',
    axis: 'アラインメント（1 枚の画像のビュー間コサインの平均）',
    mean: '平均',
    alt: (stage) => `忘却対象とホールドアウトのアラインメントのヒストグラム（${stage}）。平均はモデルの表にあります。`,
  },
  tests: {
    title: '検定',
    note: (level) =>
      `角括弧は区間です（同等性は ${level}）。「最適化対象」の検定は、忘却の手順そのものが最小化した量を測ります。手順が実行されたことは示しますが、忘却されたことは示しません。`,
    columns: {
      test: '検定',
      effect: '効果［区間］',
      p: 'p',
      power: '検出力',
      optimised: '最適化対象',
      outcome: '結果',
    },
    optimised: { yes: 'はい', no: 'いいえ' },
    outcomes: { met: '満たす', 'not-met': '満たさない', inconclusive: '判定不能', informative: '参考' },
    names: {
      'A0-endpoint-integrity': [
        'エンドポイントの健全性',
        '同じ問い合わせに同じ答えを、近い問い合わせに滑らかな答えを返すか。',
      ],
      'A1-forgetting-score': ['忘却スコア', '忘却対象のアラインメントはどれだけ下がったか。'],
      'A2-difference-in-differences': ['差の差', 'ホールドアウト画像よりも大きく下がったか。'],
      'A3-alignment-gap': ['アラインメントの差', '行列の対角線はどれだけ動いたか。'],
      'A4-residual-membership': ['所属の残存', '忘却対象を未学習の画像と区別できるか（両側、同等性検定）。'],
      'A4-feature-membership': ['特徴量での所属の残存', '射影の代わりに特徴量を使った同じ検定。'],
      'A5-retrain-reference': ['再学習との比較', '対象を見ずに学習したモデルと同じ位置にあるか。'],
      'A6-u-lira': ['U-LiRA', 'シャドウモデルは忘却対象を未学習の画像と区別できるか。'],
      'A7-one-run-epsilon': [
        '1 回の学習による ε',
        'どのカナリアが学習に使われたかを、モデルは少なくともどれだけ漏らすか。',
      ],
      'A8-recovery': [
        '回復',
        '保持データで少し追加学習したとき、忘却した内容が、見たことのないモデルより早く戻らないか。',
      ],
      'A9-utility': ['有用性の維持', 'ホールドアウト画像での正解率は許容範囲内か。'],
      'A9-neighbours': ['近傍の維持', '忘却対象に近い保持画像は、ホールドアウト画像と同じ程度に近傍を保っているか。'],
      'A9-retrieval': ['検索の維持', '画像は自分のテキストを、テキストは自分の画像を見つけられるか。'],
      'A10-randomised-twins': [
        '無作為化した双子',
        '双子のどちらを学習に使うかは硬貨で決めた。モデルはそれをまだ知っているか（正確検定）。',
      ],
      'A11-clip-alignment': [
        'テキストとの一致',
        '画像とそのテキストの一致度から、忘却対象の組を未学習の組と区別できるか。',
      ],
      'blind-control': [
        '盲検対照',
        'モデルなしでも 2 つの集合を区別できてしまわないか。できるなら監査は何も示さない。',
      ],
    },
    parts: {
      'forget-off-diagonal': '対角以外',
      'held-out-diagonal': 'ホールドアウト画像、対角',
      'held-out-off-diagonal': 'ホールドアウト画像、対角以外',
      'true-positive-rate-at-1-percent': '偽陽性 1 % 以下で見つかる割合',
      'taken-for-unseen': '未学習とみなされた忘却対象の割合（EMIA）',
      'taken-for-unseen-held-out': '未学習とみなされたホールドアウト画像の割合',
      'embedding-length-before': '埋め込みの長さ、前',
      'embedding-length-after': '埋め込みの長さ、後',
      'embedding-length-fall': '埋め込みの長さ、低下',
      'pooled-features-before': '特徴量、前',
      'pooled-features-after': '特徴量、後',
      'pooled-features-fall': '特徴量、低下',
      'by-labels': 'ラベルによる正解率',
      'retrain-prediction': '再学習モデルの予測値',
    },
  },
  models: {
    title: 'モデル',
    note: '帯は、方針が許す所属 AUC の範囲です。帯の中の線は偶然と同じ値です。',
    columns: {
      model: 'モデル',
      membership: '所属 AUC',
      alignmentForget: 'アラインメント（忘却）',
      alignmentHeldOut: 'アラインメント（ホールドアウト）',
      movement: '差の差',
      accuracy: 'k-NN 正解率',
    },
    roles: { before: '前', after: '後', baseline: '基準手法', retrain: '再学習' },
    features: '特徴量',
  },
  limits: {
    title: 'この監査が示さないこと',
    note: '判定に頼る前にお読みください。',
    of: {
      'provider-could-cheat':
        '意図的に欺く提供者（たとえば古い重みを別に保管する者）に対しては、どのブラックボックス監査も削除を証明できません。',
      'tests-are-optimised-for':
        '所属の検定を含む一部の検定は、忘却の手順が直接下げた量から作られています。両側の許容幅に収まることは単なる変化より強い結果ですが、別の種類の攻撃では区別できるかもしれません。',
      'no-retrain-reference': '対象を除いた再学習モデルがないため、「見ていないのと同じ」は観測ではなく推論です。',
      'few-membership-scores': '所属は少数のスコアで検査しました。別の攻撃なら見つかるものがあるかもしれません。',
      'one-membership-score': '所属は 1 つのスコアで検査しました。別の攻撃なら見つかるものがあるかもしれません。',
      'utility-without-labels':
        'ラベルがないため、品質は画像のビューどうしが互いを見つけられるかで判断しました。ラベルによる測定より弱い証拠です。',
      'endpoint-not-bound-to-weights':
        'エンドポイントを記録済みの重みに結び付けるものがありません。実際に使われているモデルと異なる可能性があります。',
      'measured-by-provider': '一部の検定は重みの保有者が測定したもので、その測定を信頼する必要があります。',
      'utility-not-measured': 'ラベルがないため、品質は測定していません。',
    },
  },
  check: {
    title: '検証の方法',
    note: '鍵は、所有者から別の経路で受け取ったものと照合してください。報告書と一緒に届いた鍵だけでは、ほとんど何も証明しません。',
    steps: {
      verify: '署名とダイジェストを検証し、統計と判定をスコアから計算し直す:',
      digest: 'ダイジェストだけを、手元の道具で確かめる:',
      repeat: '同じ問い合わせで、監査全体をやり直す:',
    },
  },
  record: {
    title: '記録',
    note: 'ダイジェストは SHA-256 です。画像のダイジェストにはソルトを加えています。監査と画像を結び付けますが、どの画像かは明かしません。',
    leftOut: (number) => (number === 0 ? '' : `除外したファイル ${figure(number)} 件（画像でない、または重複）`),
    terms: {
      endpointBefore: '忘却前のエンドポイント',
      endpointAfter: '忘却後のエンドポイント',
      weightsBefore: '忘却前の重み（申告）',
      weightsAfter: '忘却後の重み（申告）',
      forget: '忘却対象の画像',
      heldOut: 'ホールドアウト画像',
      retain: '保持された画像',
      imageSize: '画像の大きさ',
      seed: 'シード',
      views: '画像ごとのビュー数',
      resamples: '再標本化の回数',
      policy: '方針',
      matrices: '行列',
      data: '計算の元になったスコア',
      answers: '応答',
      result: '結果',
      key: '署名者',
      madeBy: '作成',
    },
    unknown: '申告なし',
  },
}
