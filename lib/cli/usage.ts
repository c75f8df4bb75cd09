export const USAGE = `Usage: cdk-lambda-layers <command> [options]

  lock [-- <app command>]      write the locks with hashes that the app's layers lack, for all their targets
  build [-- <app command>]     build all layers of the app into the cache, side by side
  inspect <folder|zip|template>
                               say what is in a layer: packages, native files, sizes
  cache path|verify|prune      where the cache is; hash every entry; remove what was used least recently

Without an app command, the one in cdk.json is used.

Options:
  --json     print the result as JSON
  --help     print this text

Exit codes: 0 all went well, 1 something is wrong with a layer, 2 the command line is wrong.
`;

/** The command line is not one that the usage describes. */
export class UsageError extends Error {}
