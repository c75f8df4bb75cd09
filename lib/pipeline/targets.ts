import type { LayerPlan } from './layer-plan';
import type { Fault } from '../common/fault';
import type { ContentSpec } from '../content/content-spec';
import { isNodejsRuntime, pythonRuntimeNames, pythonTarget } from '../target/runtimes';
import type { ArchitectureName, Target } from '../target/target';

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
  return [...pythonFaults(plan), ...nodejsFaults(plan)];
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
  const isServed = (runtime: string): boolean =>
    runtime.startsWith('python') || runtime.startsWith('provided') || holds(plan, 'files') || (holds(plan, 'nodejs') && isNodejsRuntime(runtime));
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
  const isServed = (runtime: string): boolean => isNodejsRuntime(runtime) || holds(plan, 'python') || holds(plan, 'files');
  return plan.runtimes.some(isNodejsRuntime) && plan.runtimes.every(isServed) ? [] : [{
    what: 'Node.js content needs Node.js runtimes',
    got: runtimesOf(plan),
    allowed: 'runtimes such as nodejs22.x',
    fix: 'name the Node.js runtimes that the layer is for in `compatibleRuntimes`, and no others',
  }];
}

function holds(plan: LayerPlan, kind: ContentSpec['kind']): boolean {
  return plan.contents.some((content) => content.kind === kind);
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
