const os = require('node:os');
const refuseStaleBuild = require('./refuse-stale-build');

/** Runs before the first test: the build must be fresh, and tests that call uv get the one that the library would take. */
module.exports = async () => {
  refuseStaleBuild();
  const { findUv } = require('../../lib/build/find-uv');
  const { cacheLocation } = require('../../lib/cache/location');
  const cacheRoot = cacheLocation(process.env, os.tmpdir()).root;
  const uv = await findUv({ env: { ...process.env }, cacheRoot, install: true }).catch(() => undefined);
  if (process.env.UV === undefined && uv !== undefined && uv.prefix.length === 0) {
    process.env.UV = uv.command;
  }
};
