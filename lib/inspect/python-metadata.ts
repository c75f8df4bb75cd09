/** What a package's METADATA says of it. */
export interface PythonMetadata {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

export function parsePythonMetadata(text: string): PythonMetadata {
  const headers = parseHeaders(text);
  return { name: headers.get('name')?.[0], version: headers.get('version')?.[0], license: licenseOf(headers) };
}

/** The values of each header, by its name in lower case. What follows a blank line is the description. Folded lines stay lines of their value. */
export function parseHeaders(text: string): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  const [head] = text.replace(/\r\n?/g, '\n').split('\n\n', 1);
  for (const header of head.split(/\n(?![ \t])/)) {
    const [, name, value] = /^([^:\s]+)[ \t]*:([^]*)$/.exec(header) ?? [];
    if (name !== undefined) {
      const key = name.toLowerCase();
      headers.set(key, [...headers.get(key) ?? [], value.replace(/\n[ \t]+/g, '\n').trim()]);
    }
  }
  return headers;
}

/** `License :: OSI Approved :: MIT License`, of which the last part counts; the category alone says nothing. */
const LICENSE_CLASSIFIER = /^License :: (?:.+ :: )?(?!OSI Approved$)(.+)$/;

/** The expression where there is one, else what the older fields say; a whole licence text only by its first line. */
function licenseOf(headers: ReadonlyMap<string, readonly string[]>): string | undefined {
  const stated = (name: string): string[] => (headers.get(name) ?? []).filter((value) => value !== '' && value !== 'UNKNOWN');
  const [expression] = stated('license-expression');
  const [license] = stated('license');
  const classified = stated('classifier').flatMap((classifier) => LICENSE_CLASSIFIER.exec(classifier)?.[1] ?? []).join(', ');
  const isText = license?.includes('\n') ?? false;
  return expression ?? (isText ? classified || license.split('\n', 1)[0] : license ?? (classified || undefined));
}
