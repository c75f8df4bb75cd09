/** What the policies of a role in the template allow, as rows of a table. */
export function permissionsOf(role: string, resources: Record<string, any>): string[][] {
  const policies = Object.values(resources).filter(({ Type: type, Properties: properties }) => (
    type === 'AWS::IAM::Policy' && properties.Roles.map(text).includes(role)
  ));
  return policies.flatMap(({ Properties: properties }) => properties.PolicyDocument.Statement.map(
    ({ Action: actions, Resource: resource }: any) => ['may', `${[actions].flat().join(', ')} on ${text(resource)}`],
  ));
}

/** A value of the template in one line, with names in place of what is only known at deployment. */
export function text(value: any): string {
  return typeof value === 'string' ? value : value['Fn::Join']?.[1].map(text).join('') ?? `<${value.Ref ?? value['Fn::GetAtt'][0]}>`;
}
