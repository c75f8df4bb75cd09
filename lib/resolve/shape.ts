/** Reading parsed TOML and JSON: what is not of the expected shape reads as absent. */
export type Table = Readonly<Record<string, unknown>>;

const NO_TABLE: Table = {};

export function tableOf(value: unknown): Table {
  return isTable(value) ? value : NO_TABLE;
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function tablesOf(value: unknown): readonly Table[] {
  return listOf(value).filter(isTable);
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
