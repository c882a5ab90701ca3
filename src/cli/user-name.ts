import { userInfo } from 'node:os';

/** Who sits at this terminal, for decisions. */
export function userName(environment: NodeJS.ProcessEnv = process.env): string {
  return environment['USER'] || environment['USERNAME'] || nameOfAccount();
}

/** A container may run under a number that has no name. */
function nameOfAccount(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
