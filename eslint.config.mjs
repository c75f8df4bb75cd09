import stylistic from '@stylistic/eslint-plugin';
import importPlugin from 'eslint-plugin-import';
import tseslint from 'typescript-eslint';

/** The rooms under lib/ in the way of the data: each imports itself and the rooms before it. `lib/index.ts` is the door and imports any. */
export const rooms = [
  'common', 'content', 'target', 'resolve', 'build', 'slim', 'inspect', 'archive', 'cache', 'pipeline', 'rules', 'validation', 'layers', 'cli',
];

/** Where a room differs from the order: rooms (or files of rooms) that it may see besides, and rooms before it that it may not. */
const exceptions = {
  build: { sees: { cache: ['./tool-store.ts'] } },
  cli: { misses: ['validation', 'layers'] },
};

const zones = rooms.flatMap((room, place) => {
  const { sees = {}, misses = [] } = exceptions[room] ?? {};
  const closed = [...misses, ...rooms.slice(place + 1)];
  return [
    ...closed.map((other) => ({
      target: `./lib/${room}`,
      from: `./lib/${other}`,
      except: sees[other],
      message: `lib/${room} must not know lib/${other}: data flows ${rooms.join(' > ')}.`,
    })),
    { target: `./lib/${room}`, from: './lib/index.ts', message: 'The public door is for users: import the file itself.' },
  ];
});

/** Packages that only some files may import, with the reason. */
const guarded = [
  {
    packages: '^(aws-cdk-lib|constructs)(/|$)',
    allowedIn: ['lib/validation/**', 'lib/layers/**', 'lib/index.ts'],
    message: 'Stages and rules know nothing of constructs: only lib/validation and lib/layers do.',
  },
  {
    packages: '^(node:)?child_process$',
    allowedIn: ['lib/build/**', 'lib/resolve/**', 'lib/pipeline/bridge.ts'],
    message: 'Only lib/build, lib/resolve and lib/pipeline/bridge.ts start processes.',
  },
];

/** ESLint keeps only the last setting of a rule, so the files that one guard lets through name the other guards again. */
function guardedImports() {
  const closing = (files, guards) => ({
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: guards.map(({ packages, message }) => ({ regex: packages, message })) }] },
  });
  return [
    closing(['lib/**/*.ts'], guarded),
    ...guarded.map((guard) => closing(guard.allowedIn, guarded.filter((other) => other !== guard))),
  ];
}

const style = {
  '@stylistic/array-bracket-spacing': 'error',
  '@stylistic/arrow-parens': 'error',
  '@stylistic/block-spacing': 'error',
  '@stylistic/brace-style': ['error', '1tbs', { allowSingleLine: true }],
  '@stylistic/comma-dangle': ['error', 'always-multiline'],
  '@stylistic/comma-spacing': 'error',
  '@stylistic/eol-last': 'error',
  '@stylistic/indent': ['error', 2, { SwitchCase: 1 }],
  '@stylistic/key-spacing': 'error',
  '@stylistic/keyword-spacing': 'error',
  '@stylistic/max-len': ['error', { code: 150, ignoreUrls: true }],
  '@stylistic/member-delimiter-style': 'error',
  '@stylistic/no-multiple-empty-lines': ['error', { max: 1, maxBOF: 0, maxEOF: 0 }],
  '@stylistic/no-trailing-spaces': 'error',
  '@stylistic/object-curly-spacing': ['error', 'always'],
  '@stylistic/quote-props': ['error', 'consistent-as-needed'],
  '@stylistic/quotes': ['error', 'single', { avoidEscape: true, allowTemplateLiterals: 'avoidEscape' }],
  '@stylistic/semi': 'error',
  '@stylistic/space-before-blocks': 'error',
  '@stylistic/space-infix-ops': 'error',
  '@stylistic/type-annotation-spacing': 'error',
};

const imports = {
  'import/no-duplicates': 'error',
  'import/no-unresolved': 'error',
  'import/order': ['error', {
    groups: ['builtin', 'external', ['sibling', 'index'], 'parent'],
    alphabetize: { order: 'asc', caseInsensitive: true },
  }],
};

const typed = {
  'no-shadow': 'off',
  '@typescript-eslint/no-shadow': 'error',
  '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
  '@typescript-eslint/explicit-member-accessibility': ['error', { overrides: { constructors: 'no-public' } }],
  '@typescript-eslint/member-ordering': ['error', {
    default: ['public-static-field', 'public-static-method', 'protected-static-field', 'protected-static-method',
      'private-static-field', 'private-static-method', 'field', 'constructor', 'method'],
  }],
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/no-require-imports': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  '@typescript-eslint/return-await': 'error',
};

const logic = {
  'dot-notation': 'error',
  'eqeqeq': 'error',
  'no-constant-condition': 'error',
  'no-unreachable': 'error',
  'no-var': 'error',
  'prefer-const': 'error',
};

export default tseslint.config(
  { ignores: ['**/node_modules', '**/cdk.out', '**/*.d.ts', '**/*.snapshot', '**/.venv', '.run-tools', 'lib/**/*.js', 'dist', 'coverage'] },
  {
    files: ['**/*.ts', '**/*.js', '**/*.mjs'],
    plugins: { '@stylistic': stylistic, 'import': importPlugin },
    languageOptions: { ecmaVersion: 2024 },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    settings: {
      'import/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import/resolver': { node: { extensions: ['.ts', '.js', '.mjs', '.json'] } },
    },
    rules: { ...style, ...logic },
  },
  {
    files: ['**/*.ts'],
    plugins: { '@typescript-eslint': tseslint.plugin },
    languageOptions: { parser: tseslint.parser, parserOptions: { project: './tsconfig.dev.json' } },
    rules: { ...imports, ...typed },
  },
  {
    files: ['lib/**/*.ts'],
    rules: {
      'import/no-cycle': 'error',
      'import/no-extraneous-dependencies': ['error', { devDependencies: false }],
      'import/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
    },
  },
  ...guardedImports(),
);
