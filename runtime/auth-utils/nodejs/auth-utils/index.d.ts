// The same as what `require` gives.
export * from './index.cjs';
