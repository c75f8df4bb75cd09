/** Orders dotted versions by their numbers: `2.9` before `2.10`, and `2.9` before `2.9.1`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const different = left.findIndex((part, index) => part !== right[index]);
  return different < 0 ? left.length - right.length : left[different] - (right[different] ?? -1);
}
