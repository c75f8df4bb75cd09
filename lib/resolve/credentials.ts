import type { Fault } from '../common/fault';

/**
 * The part of a URL before its host. It may hold an `@` that nobody encoded, so the last one ends it.
 * It starts with `://` and not with the scheme: a lock has megabytes of words and few URLs.
 */
const USERINFO = /:\/\/([^\s/?#"'`<>\\]+)@/g;

/** User names that say how a token is used and are none. */
const PUBLIC_USERS = new Set([
  'aws', '__token__', 'oauth2accesstoken', 'vsssessiontoken', 'git', 'oauth2', 'x-access-token', 'gitlab-ci-token', 'x-token-auth',
]);

const PYTHON_FIX = 'take it out, replace it at its issuer, and give the index as PackageIndex.url(name, url, { usernameEnv, passwordEnv })';

/**
 * Secrets in the URLs of a text. No message holds any part of one.
 *
 * @param label the file, to which the line is added, or a function that says where a line is
 * @param fix what to do instead, in the words of those who read such files
 */
export function findCredentials(text: string, label: string | ((line: number) => string), fix = PYTHON_FIX): Fault[] {
  const faults: Fault[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(USERINFO)) {
    const overSsh = /ssh$/i.test(text.slice(Math.max(0, match.index - 3), match.index));
    if (!isSecret(match[1] ?? '', overSsh)) {
      continue;
    }
    line += newLines(text, counted, match.index);
    counted = match.index;
    faults.push({
      what: 'a credential is written into a URL',
      got: `a user name with a password, or a token, in ${typeof label === 'string' ? `${label}:${line}` : label(line)} (the value is not shown)`,
      allowed: 'URLs without credentials',
      fix,
    });
  }
  return faults;
}

function isSecret(userinfo: string, overSsh: boolean): boolean {
  const colon = userinfo.indexOf(':');
  const user = colon < 0 ? userinfo : userinfo.slice(0, colon);
  const password = colon < 0 ? '' : userinfo.slice(colon + 1);
  if (password !== '') {
    return !isVariable(password);
  }
  return !overSsh && !isVariable(user) && !PUBLIC_USERS.has(user.toLowerCase());
}

/** `${NAME}`, which pip and uv replace from the environment. */
function isVariable(text: string): boolean {
  return /^\$\{[A-Z0-9_]+\}$/.test(text);
}

function newLines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    count++;
  }
  return count;
}
