import { App, Aspects, CfnResource, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import {
  AwsSolutionsChecks,
  type INagLogger, type NagLoggerBaseData, type NagLoggerErrorData, type NagLoggerNonComplianceData, type NagLoggerSuppressedData,
} from 'cdk-nag';
import { LayerTesting } from '../../../lib';

/** What cdk-nag says: rule, resource, and for what is explained the reason. */
export class Findings implements INagLogger {
  public readonly checked = new Set<string>();
  public readonly open: string[] = [];
  public readonly explained: Record<string, string> = {};

  public onCompliance(data: NagLoggerBaseData): void {
    this.checked.add(data.ruleId);
  }

  public onNonCompliance(data: NagLoggerNonComplianceData): void {
    this.open.push(nameOf(data));
  }

  public onSuppressed(data: NagLoggerSuppressedData): void {
    this.explained[nameOf(data)] = data.suppressionReason;
  }

  public onError(data: NagLoggerErrorData): void {
    this.open.push(`${nameOf(data)}: ${data.errorMessage}`);
  }

  public onSuppressedError(data: NagLoggerErrorData): void {
    this.open.push(`${nameOf(data)}: ${data.errorMessage}`);
  }

  public onNotApplicable(): void {
    // A rule about another type of resource.
  }
}

function nameOf({ ruleId, resource }: NagLoggerBaseData): string {
  return `${ruleId} ${resource.node.path}`;
}

/** Lets cdk-nag look at a stack, also as if it explained nothing. */
export function checkWithNag(makeStack: (app: App) => Stack, withReasons = true): { findings: Findings; template: Template } {
  const app = new App({ context: LayerTesting.stubContext() });
  const stack = makeStack(app);
  if (!withReasons) {
    stack.node.findAll().filter((one) => CfnResource.isCfnResource(one)).forEach((one) => one.addMetadata('cdk_nag', undefined));
  }
  const findings = new Findings();
  Aspects.of(app).add(new AwsSolutionsChecks({ additionalLoggers: [findings] }));
  app.synth();
  return { findings, template: Template.fromStack(stack) };
}
