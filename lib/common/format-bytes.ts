import { counted } from './counted';

/** Bytes with thousands separators, the same in every locale. */
export function formatBytes(bytes: number): string {
  return counted(bytes, 'byte');
}
