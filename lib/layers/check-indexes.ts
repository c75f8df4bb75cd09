import { Token } from 'aws-cdk-lib';
import type { Fault } from '../common/fault';
import type { IndexSpec } from '../resolve/index-spec';

/** What is wrong with indexes as they were written. No message holds a value that may be a secret. */
export function checkIndexes(indexes: readonly IndexSpec[]): Fault[] {
  return [...indexes.flatMap(indexFaults), ...twiceFaults(indexes)];
}

function indexFaults(index: IndexSpec): Fault[] {
  const call = `PackageIndex.url('${index.name}', …)`;
  return [
    ...(/^[A-Za-z0-9._-]+$/.test(index.name) ? [] : [{
      what: 'the name of a package index has characters that tools refuse',
      got: JSON.stringify(index.name),
      allowed: 'letters, digits, `-`, `_` and `.`',
      fix: 'rename it',
    }]),
    ...(index.url === undefined ? [] : urlFaults(index.url, call)),
    ...variableFaults('usernameEnv', index.usernameEnv, call),
    ...variableFaults('passwordEnv', index.passwordEnv, call),
  ];
}

function urlFaults(text: string, call: string): Fault[] {
  const allowed = 'a URL that begins with https:// or http://, without user name and password';
  if (Token.isUnresolved(text)) {
    return [{ what: 'the URL of a package index is only known at deployment', got: `a token in ${call}`, allowed, fix: 'write the URL out' }];
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    return [{ what: 'the URL of a package index is none', got: call, allowed, fix: 'correct the URL' }];
  }
  return url.username === '' && url.password === '' ? [] : [{
    what: 'a credential is written into the URL of a package index',
    got: `a user name or a password in ${call} (the value is not shown)`,
    allowed,
    fix: 'take it out, replace it at its issuer, and name the variables that hold the new one: { usernameEnv, passwordEnv }',
  }];
}

/** Whoever writes the secret where its variable's name belongs must not read it in a log. */
function variableFaults(option: string, name: string | undefined, call: string): Fault[] {
  return name === undefined || /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? [] : [{
    what: `\`${option}\` is no name of an environment variable`,
    got: `something else in ${call} (the value is not shown)`,
    allowed: 'letters, digits and underscores',
    fix: 'put the value into an environment variable, and write the name of that',
  }];
}

/** uv takes credentials from variables that hold the name in capitals, where all signs are one. */
function twiceFaults(indexes: readonly IndexSpec[]): Fault[] {
  const names = indexes.map((index) => index.name.toUpperCase().replace(/[^A-Z0-9]/g, '_'));
  return indexes.filter((_, place) => names.indexOf(names[place]) !== place).map((index) => ({
    what: 'two package indexes have the same name',
    got: index.name,
    allowed: 'names that differ in letters or digits: credentials are kept apart by them',
    fix: 'rename one of them',
  }));
}
