const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/run/node/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
};
