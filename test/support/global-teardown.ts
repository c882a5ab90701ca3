import { rmSync } from 'node:fs';
import { shared } from './global-setup';

/** Bounded: each server gets a few seconds to end and is killed after that. */
export default async function globalTeardown(): Promise<void> {
  if (shared.holdfastTestServices === undefined) return;
  const { stack, dir } = shared.holdfastTestServices;
  await stack.stop();
  rmSync(dir, { recursive: true, force: true });
}
