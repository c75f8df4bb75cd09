import { notWired } from './not-wired';

/** A function that has the auth layer and not the settings that its code reads: it would verify tokens with others, or with none. */
export const authNotWired = notWired('AuthNotWired', {
  what: 'the function lacks settings that its layer reads',
  allowed: 'what the layer\'s `attachTo` puts into the environment, and the variable that holds the key',
  attach: 'call `attachTo(fn)` on the layer, which also grants what the key needs, and set the variable that holds the key',
  set: 'set the variable that `AuthKey.environment` names in the function\'s `environment`',
});
