import { extensionMode } from './extension-mode';
import { extensionRegistration } from './extension-registration';
import { extensionShebang } from './extension-shebang';
import { extensionStray } from './extension-stray';
import { programFindings, type ProgramLayer, type ProgramRule } from './program-rule';
import type { Finding } from './rule';
import type { ManifestProgram } from '../inspect/manifest';

/** What a program must be, whatever function has it: told by the layer's constructor, where the layer is ours. */
export const PROGRAM_RULES: readonly ProgramRule[] = [extensionMode, extensionStray, extensionShebang, extensionRegistration];

/** The findings of each of these rules. */
export function layerProgramFindings(
  layer: ProgramLayer, programs: readonly ManifestProgram[], place: string,
): ReadonlyMap<string, readonly Finding[]> {
  return new Map(PROGRAM_RULES.map(({ id, checkProgram }) => [id, programFindings(checkProgram, layer, programs, place)]));
}
