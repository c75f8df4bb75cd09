import type { Rule } from './rule';

/** A layer version that every AWS account may read. */
export const publicLayer: Rule = {
  id: 'PublicLayer',
  checkApp: ({ permissions }) => permissions
    .filter((permission) => permission.principal === '*' && !permission.hasOrganization)
    .map((permission) => ({
      severity: 'error',
      place: permission.place,
      about: permission.layer === undefined ? [] : [permission.layer],
      fault: {
        what: 'the layer is shared with every AWS account',
        got: 'the principal * without an organisation',
        allowed: 'an account, or * with an organisation id',
        fix: 'name the account or the organisation; if it is meant for everyone, acknowledge PublicLayer with the reason',
      },
    })),
};
