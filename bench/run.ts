import { LayerFolders } from './layer-folders';
import { parseOptions, type Options, type SectionName } from './options';
import { printSummary, say } from './report';
import { auth } from './sections/auth';
import { bytes } from './sections/bytes';
import { cold } from './sections/cold';
import { extensions } from './sections/extensions';
import { imports } from './sections/imports';
import { many } from './sections/many';
import { rules } from './sections/rules';
import { warm } from './sections/warm';
import { openWorkspace, type Workspace } from './workspace';

type Section = (workspace: Workspace, options: Options, folders: LayerFolders) => void | Promise<void>;

const SECTIONS: Readonly<Record<SectionName, Section>> = { cold, warm, bytes, imports, many, rules, auth, extensions };

/** Measures against the bare tools and libraries, and PythonLayerVersion, on this machine and in this run. A missed target is printed, no failure. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  const begin = Date.now();
  const workspace = await openWorkspace();
  try {
    const folders = new LayerFolders(workspace);
    for (const name of options.sections) {
      await SECTIONS[name](workspace, options, folders);
    }
    printSummary();
    say(`\nmeasured in ${Math.round((Date.now() - begin) / 1000)} s`);
  } finally {
    workspace.remove(workspace.root);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
