import { notWired } from './not-wired';

/** A function that has extensions and not the variables that they read: they would work otherwise than told, or not at all. */
export const extensionNotWired = notWired('ExtensionNotWired', {
  what: 'the function lacks settings that the extensions of its layer read',
  allowed: 'what the layer\'s `attachTo` puts into the environment',
  attach: 'call `attachTo(fn)` on the layer, which also grants what the extensions need',
  set: 'set the variables in the function\'s `environment`',
});
