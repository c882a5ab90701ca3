import { randomBytes } from 'node:crypto';

/** `dev-20261121-150702-4f2a`: sorts by time, and two made in the same second differ. */
export function freshId(prefix: string, now = new Date()): string {
  const time = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${prefix}-${time}-${randomBytes(2).toString('hex')}`;
}
