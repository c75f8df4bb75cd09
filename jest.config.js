// The tests run what ships: lib/*.js as jsii compiled it. `LIB=source npx jest` runs lib/*.ts instead, for quick work without a build.
const fromSource = process.env.LIB === 'source';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/docker/', '<rootDir>/test/run/node/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.run-tools/', '<rootDir>/test/python-consumer/', '/cdk\\.out/'],
  moduleFileExtensions: fromSource ? ['ts', 'js', 'json'] : ['js', 'ts', 'json'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  setupFilesAfterEnv: ['<rootDir>/test/setup/retry-in-ci.js'],
  globalSetup: fromSource ? undefined : '<rootDir>/test/setup/prepare.js',
  reporters: ['default', '<rootDir>/test/setup/refuse-skips.js'],
  testTimeout: 120_000,
  maxWorkers: '100%',
  collectCoverageFrom: ['lib/**/*.js'],
};
