/** How a layer gets its name when `layerVersionName` does not say it. */
export class LayerNaming {
  /** `{stack}-{purpose}-{runtime}-layer`: two stacks never share a layer by accident. The default. */
  public static scoped(): LayerNaming {
    return new LayerNaming((parts) => [parts.stackName, ...parts.words, 'layer'].join('-'));
  }

  /** `{purpose}-{runtime}-layer`: the same name in every stack, for accounts where stacks do not share a region. */
  public static byPurpose(): LayerNaming {
    return new LayerNaming((parts) => [...parts.words, 'layer'].join('-'));
  }

  /** No name in the template: CloudFormation gives the logical id. For migrations from `LayerVersion`. */
  public static none(): LayerNaming {
    return new LayerNaming(() => undefined);
  }

  private constructor(private readonly render: (parts: NameParts) => string | undefined) {}

  /**
   * The name for a layer. One for arm64 alone says so, since its twin for x86_64 has the same purpose.
   *
   * @internal
   */
  public _nameFor(stackName: string, purpose: string, runtimes: readonly string[], onlyArm = false): string | undefined {
    const words = [purpose, ...runtimes.map((runtime) => runtime.replace(/\./g, '')), ...(onlyArm ? ['arm64'] : [])];
    return this.render({ stackName, words });
  }
}

interface NameParts {
  readonly stackName: string;
  readonly words: readonly string[];
}
