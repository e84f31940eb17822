// What eslint looks for in the JavaScript of tests, tools and manuals: mistakes, not taste. Its packages are those of
// test/package.json.

import { createRequire } from 'node:module';

const require = createRequire(new URL('./test/package.json', import.meta.url));
const js = require('@eslint/js');
const globals = require('globals');

/** What later versions of Node.js than the oldest (NODE_OLDEST of tools/oldest/versions) brought. */
const LATER = ['toSorted', 'toReversed', 'toSpliced', 'fromAsync', 'withResolvers', 'groupBy', 'isWellFormed',
  'toWellFormed'];
const later = { message: 'Debian 12 has Node.js 18, without it.' };

export default [
  { ignores: ['**/node_modules/', 'build/', 'extension/generated/'] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: 'module', globals: globals.node },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'array-callback-return': 'error',
      'consistent-return': 'off',
      eqeqeq: 'error',
      'no-console': 'off',
      'no-constant-binary-expression': 'error',
      'no-constructor-return': 'error',
      'no-duplicate-imports': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-promise-executor-return': 'off',
      'no-restricted-properties': ['error', ...LATER.map((property) => ({ property, ...later })),
        { object: 'ReadableStream', property: 'from', ...later }, { object: 'AbortSignal', property: 'any', ...later }],
      'no-restricted-syntax': ['error',
        { selector: 'MemberExpression[object.type="MetaProperty"][property.name=/^(dirname|filename)$/]', ...later }],
      'no-return-assign': ['error', 'except-parens'],
      'no-self-compare': 'error',
      'no-template-curly-in-string': 'error',
      'no-throw-literal': 'error',
      'no-unreachable-loop': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all', ignoreRestSiblings: true }],
      'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
      'no-var': 'error',
      'prefer-const': ['error', { destructuring: 'all' }],
      'prefer-promise-reject-errors': 'error',
      'require-await': 'off',
    },
  },
  {
    files: ['web/**/*.{js,mjs}'],
    languageOptions: { globals: globals.browser },
  },
];
