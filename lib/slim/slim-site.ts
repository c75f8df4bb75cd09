import * as path from 'node:path';
import { removeAwsSdk, type SdkResult } from './aws-sdk';
import { cutNativeSymbols } from './native-symbols';
import { slimPython, type SlimResult } from './python-rules';
import { withoutRemoved } from './record-file';
import type { SiteFile } from './site-files';
import type { SlimPlan } from './slim-plan';

export interface SlimmedSite extends SlimResult {
  /** Lines for the user, such as why a rule did nothing. */
  readonly notes: readonly string[];
}

/**
 * Applies everything that is switched on but bytecode.
 *
 * @param owners dist-info folder that each path belongs to
 * @param folder private folder for what rules write
 */
export async function slimSite(
  files: readonly SiteFile[],
  plan: SlimPlan,
  owners: ReadonlyMap<string, string>,
  folder: string,
): Promise<SlimmedSite> {
  const slimmed = slimPython(files, plan);
  const withoutSdk: SdkResult = plan.awsSdk ? await removeAwsSdk(slimmed.kept, owners) : unchanged(slimmed.kept);
  const cut = plan.nativeSymbols ? await cutNativeSymbols(withoutSdk.kept, path.join(folder, 'cut')) : unchanged(withoutSdk.kept);
  return {
    kept: plan.installerFiles ? cut.kept : await withoutRemoved(cut.kept, folder),
    savings: [...slimmed.savings, ...withoutSdk.savings, ...cut.savings],
    notes: withoutSdk.note === undefined ? [] : [withoutSdk.note],
  };
}

function unchanged(kept: readonly SiteFile[]): SlimResult {
  return { kept, savings: [] };
}
