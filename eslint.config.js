import js from '@eslint/js'
import tseslint from 'typescript-eslint'

const readsEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Configuration is read in an env.ts and handed on as values.',
}

// einsum has no gradient in tfjs 4.22.
const einsum = {
  selector: "MemberExpression[property.name='einsum']",
  message: 'tf.einsum has no gradient; use matMul.',
}

const impure = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'The instant is an argument here.',
  },
  { selector: "MemberExpression[object.name='performance']", message: 'The instant is an argument here.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The instant is an argument here.' },
  { selector: "CallExpression[callee.name='Date']", message: 'The instant is an argument here.' },
  {
    selector: "MemberExpression[object.name='Math'][property.name='random']",
    message: 'Randomness is a seeded argument here.',
  },
  {
    selector: 'Identifier[name=/^(randomUUID|randomBytes|randomInt|getRandomValues|generateKeyPairSync)$/]',
    message: 'Ids, keys and randomness are arguments here.',
  },
]

const envFromNode = {
  paths: [{ name: 'node:process', importNames: ['env'], message: readsEnv.message }],
}

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/**',
      '**/dist/**',
      '**/.next/**',
      '**/generated/**',
      'apps/portal/src/gql/**',
      'apps/portal/next-env.d.ts',
      '.lethe/**',
      'coverage/**',
      'test-results/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['prisma.config.ts', 'apps/portal/next.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'no-restricted-syntax': ['error', readsEnv, einsum],
      'no-restricted-imports': ['error', envFromNode],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A function may be async because its type is, whether or not this implementation waits for anything.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['libs/{domain,learning,audit,ledger,safetensors,report,verifier}/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-syntax': ['error', readsEnv, einsum, ...impure] },
  },
  {
    files: ['**/{env,*-env}.ts', '**/*.config.ts'],
    rules: { 'no-restricted-syntax': ['error', einsum], 'no-restricted-imports': 'off' },
  },
  {
    // Vitest's asymmetric matchers are typed any.
    files: ['**/*.test.{ts,tsx}', '**/testing/**', 'test/**', 'libs/*/test/**'],
    rules: {
      // What a test starts is given its own surroundings.
      'no-restricted-syntax': ['error', einsum],
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
  // Merging with a library's interface takes its type parameters, used or not.
  { files: ['**/*.d.ts'], rules: { '@typescript-eslint/no-unused-vars': 'off' } },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController AbortSignal Buffer URL URLSearchParams TextDecoder TextEncoder Response WebAssembly',
          'clearImmediate clearInterval clearTimeout console fetch performance process queueMicrotask',
          'setImmediate setInterval setTimeout structuredClone',
        ]
          .flatMap((line) => line.split(' '))
          .map((name) => [name, 'readonly']),
      ),
    },
    rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly' } },
  },
)
