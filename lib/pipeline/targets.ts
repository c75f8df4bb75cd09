import type { LayerPlan } from './layer-plan';
import type { Fault } from '../common/fault';
import { pythonRuntimeNames, pythonTarget } from '../target/runtimes';
import type { ArchitectureName, Target } from '../target/target';

/** What is wrong with a plan before anything is read. */
export function checkPlan(plan: LayerPlan): Fault[] {
  if (plan.contents.length === 0) {
    return [
      {
        what: 'the layer has no content',
        got: 'content: []',
        allowed: 'at least one content',
        fix: 'add LayerContent.python(…) or LayerContent.files(…)',
      },
    ];
  }
  if (!plan.contents.some((content) => content.kind === 'python')) {
    return [];
  }
  const pythonRuntimes = plan.runtimes.filter((runtime) => runtime.startsWith('python'));
  const unknown = pythonRuntimes.filter((runtime) => pythonTarget(runtime, 'x86_64') === undefined);
  if (unknown.length > 0) {
    return [
      {
        what: 'Python content cannot be built for this runtime',
        got: unknown.join(', '),
        allowed: pythonRuntimeNames().join(', '),
        fix: 'name a runtime of this list in `compatibleRuntimes`',
      },
    ];
  }
  const foreign = plan.runtimes.filter((runtime) => !runtime.startsWith('python') && !runtime.startsWith('provided'));
  const servesOthers = plan.contents.some((content) => content.kind === 'files');
  if (pythonRuntimes.length === 0 || (foreign.length > 0 && !servesOthers)) {
    return [
      {
        what: 'Python content needs Python runtimes',
        got: plan.runtimes.length === 0 ? 'no compatibleRuntimes' : `compatibleRuntimes: ${plan.runtimes.join(', ')}`,
        allowed: pythonRuntimeNames().join(', '),
        fix: 'name the Python runtimes that the layer is for in `compatibleRuntimes`, and no others',
      },
    ];
  }
  return [];
}

/** The targets that Python content is built for, runtime by runtime, the first architecture first. */
export function targetsOf(plan: LayerPlan): Target[] {
  const architectures: readonly ArchitectureName[] = plan.architectures.length > 0 ? [...new Set(plan.architectures)] : ['x86_64'];
  return [...new Set(plan.runtimes)].flatMap((runtime) =>
    architectures.map((architecture) => pythonTarget(runtime, architecture)).filter((target) => target !== undefined),
  );
}
