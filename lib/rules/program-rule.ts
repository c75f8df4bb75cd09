import type { LayerFacts } from './facts';
import { severityFor, type Finding, type Rule } from './rule';
import type { ManifestProgram } from '../inspect/manifest';

/** A layer, as far as its programs are concerned. */
export type ProgramLayer = Pick<LayerFacts, 'name' | 'isOurs' | 'declaredPrograms'>;

/** What a rule about one program says. */
export interface ProgramFault {
  readonly what: string;
  /** What was found of the program; its path is put before it. */
  readonly got: string;
  readonly allowed: string;
  readonly fix: string;
}

/** A rule about each program of a layer by itself, whatever function has it. */
export interface ProgramRule extends Rule {
  readonly id: string;
  readonly checkProgram: (program: ManifestProgram, layer: ProgramLayer) => ProgramFault | undefined;
}

export function programRule(id: string, checkProgram: ProgramRule['checkProgram']): ProgramRule {
  return {
    id,
    checkProgram,
    checkLayer: (layer) => programFindings(checkProgram, layer, layer.content?.programs() ?? [], layer.place),
  };
}

/** One finding for all programs with the same fault. */
export function programFindings(
  check: ProgramRule['checkProgram'], layer: ProgramLayer, programs: readonly ManifestProgram[], place: string,
): Finding[] {
  const faults = new Map<string, ProgramFault>();
  for (const program of programs) {
    const fault = check(program, layer);
    if (fault !== undefined) {
      const got = `${program.path}: ${fault.got}`;
      const others = faults.get(fault.what);
      faults.set(fault.what, { ...fault, got: others === undefined ? got : `${others.got}\n${got}` });
    }
  }
  return [...faults.values()].map((fault) => ({ severity: severityFor(layer), place, fault }));
}
