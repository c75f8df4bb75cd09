/** A Python distribution's name in its one normal form: lower case, runs of `-`, `_` and `.` become `-` (PEP 503). */
export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}
