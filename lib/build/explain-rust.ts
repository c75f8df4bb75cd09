import type { KnownFailure } from './compiler';

/** What Cargo says, and what that means to a user; the first that fits counts. */
export const RUST_FAILURES: readonly KnownFailure[] = [
  {
    sign: /because --locked was passed|lock file .* needs to be updated/,
    fault: {
      what: 'Cargo.lock is not that of Cargo.toml',
      allowed: 'a lock that is complete: builds add nothing to it',
      fix: 'run `cargo check`, which completes it, and commit it',
    },
  },
  {
    sign: /Cargo\.toml[^]*No such file|believes it's in a workspace|failed to find a workspace root/,
    fault: {
      what: 'the Rust crate needs a folder that is not there',
      allowed: 'folders inside of the crate\'s: a change elsewhere would not be noticed, and the layer would stay as it was',
      fix: 'name the folder of a workspace that holds all, and the program by `binary`',
    },
  },
  {
    sign: /failed to verify the checksum|checksum for .* changed|listed checksum of/,
    fault: {
      what: 'a crate is not the one that Cargo.lock pins',
      allowed: 'what Cargo.lock pins',
      fix: 'find out why its source has other bytes under this version before you trust them',
    },
  },
  {
    sign: /[Cc]ould not (?:resolve|connect)|failed to (?:download|fetch|authenticate)|download of .* failed|no matching package named/,
    fault: {
      what: 'crates cannot be fetched',
      allowed: 'registries and repositories that have what Cargo.lock pins',
      fix: 'look at the network and Cargo\'s settings; with vendored crates (`cargo vendor`) nothing is fetched',
    },
  },
  {
    sign: /linker `[^`]+` not found|cannot find -l|unable to find library/,
    fault: {
      what: 'the Rust crate cannot be linked to a static program',
      allowed: 'a linker, and static libraries (lib*.a) of the C that the crate calls',
      fix: 'install the musl target with rustup, which needs no C library of the system, or build in Docker',
    },
  },
];
