import type { LayerPlan } from './layer-plan';
import type { Fault } from '../common/fault';
import type { ContentSpec, ProgramContentSpec, ProgramSource } from '../content/content-spec';
import { isNodejsRuntime, pythonRuntimeNames, pythonTarget } from '../target/runtimes';
import type { ArchitectureName, Target } from '../target/target';

const MACHINE_ORDER: readonly ArchitectureName[] = ['x86_64', 'arm64'];

/** What is wrong with a plan before anything is read. */
export function checkPlan(plan: LayerPlan): Fault[] {
  if (plan.contents.length === 0) {
    return [
      {
        what: 'the layer has no content',
        got: 'content: []',
        allowed: 'at least one content',
        fix: 'add LayerContent.python(…), LayerContent.nodejs(…) or LayerContent.files(…)',
      },
    ];
  }
  return [...pythonFaults(plan), ...nodejsFaults(plan), ...binaryFaults(plan)];
}

function pythonFaults(plan: LayerPlan): Fault[] {
  if (!holds(plan, 'python')) {
    return [];
  }
  const pythonRuntimes = plan.runtimes.filter((runtime) => runtime.startsWith('python'));
  const unknown = pythonRuntimes.filter((runtime) => pythonTarget(runtime, 'x86_64') === undefined);
  if (unknown.length > 0) {
    return [{
      what: 'Python content cannot be built for this runtime',
      got: unknown.join(', '),
      allowed: pythonRuntimeNames().join(', '),
      fix: 'name a runtime of this list in `compatibleRuntimes`',
    }];
  }
  const isServed = (runtime: string): boolean => runtime.startsWith('python') || runtime.startsWith('provided')
    || holds(plan, 'files', 'program') || (holds(plan, 'nodejs') && isNodejsRuntime(runtime));
  return pythonRuntimes.length > 0 && plan.runtimes.every(isServed) ? [] : [{
    what: 'Python content needs Python runtimes',
    got: runtimesOf(plan),
    allowed: pythonRuntimeNames().join(', '),
    fix: 'name the Python runtimes that the layer is for in `compatibleRuntimes`, and no others',
  }];
}

function nodejsFaults(plan: LayerPlan): Fault[] {
  if (!holds(plan, 'nodejs')) {
    return [];
  }
  const isServed = (runtime: string): boolean => isNodejsRuntime(runtime) || holds(plan, 'python', 'files', 'program');
  return plan.runtimes.some(isNodejsRuntime) && plan.runtimes.every(isServed) ? [] : [{
    what: 'Node.js content needs Node.js runtimes',
    got: runtimesOf(plan),
    allowed: 'runtimes such as nodejs22.x',
    fix: 'name the Node.js runtimes that the layer is for in `compatibleRuntimes`, and no others',
  }];
}

/** Ready programs of which none is for the layer's machine. */
function binaryFaults(plan: LayerPlan): Fault[] {
  return programsOf(plan).flatMap(({ path, source }): Fault[] => {
    const wanted = programArchitecture(plan, source);
    return source.type !== 'binaries' || source[wanted] !== undefined ? [] : [{
      what: 'the extension has no program for an architecture that the layer declares',
      got: `${path}: ${MACHINE_ORDER.filter((one) => source[one] !== undefined).join(', ') || 'no program at all'}`,
      allowed: wanted,
      fix: 'give `ExtensionCode.binary` the program for that machine as well, or change `compatibleArchitectures`',
    }];
  });
}

/** Programs that Lambda starts. */
export function programsOf({ contents }: LayerPlan): ProgramContentSpec[] {
  return contents.filter((content) => content.kind === 'program');
}

/** The machine that a program is taken or compiled for: the layer's, else what there is. */
export function programArchitecture(plan: LayerPlan, source: ProgramSource): ArchitectureName {
  const isOnlyArm = source.type === 'binaries' && source.x86_64 === undefined && source.arm64 !== undefined;
  return plan.architectures[0] ?? (isOnlyArm ? 'arm64' : 'x86_64');
}

/** The machine that machine code of a layer will be for, where that is known before it is built. */
export function compiledArchitecture(plan: LayerPlan): ArchitectureName | undefined {
  const compiled = programsOf(plan).find(({ source }) => !['script', 'link', 'launcher'].includes(source.type));
  return compiled === undefined ? undefined : programArchitecture(plan, compiled.source);
}

function holds(plan: LayerPlan, ...kinds: ContentSpec['kind'][]): boolean {
  return plan.contents.some((content) => kinds.includes(content.kind));
}

function runtimesOf(plan: LayerPlan): string {
  return plan.runtimes.length === 0 ? 'no compatibleRuntimes' : `compatibleRuntimes: ${plan.runtimes.join(', ')}`;
}

/** The targets that Python content is built for, runtime by runtime, the first architecture first. */
export function pythonTargetsOf(plan: LayerPlan): Target[] {
  return [...new Set(plan.runtimes)].flatMap((runtime) =>
    architecturesOf(plan).map((architecture) => pythonTarget(runtime, architecture)).filter((target) => target !== undefined),
  );
}

/** The machines that content is installed for; x86_64 unless the layer says otherwise. */
export function architecturesOf(plan: LayerPlan): readonly ArchitectureName[] {
  return plan.architectures.length > 0 ? [...new Set(plan.architectures)] : ['x86_64'];
}
