/**
 * Named crash points for tests and demos: `HOLDFAST_CRASH_POINT=beforeSettle` kills this process with SIGKILL the
 * first time it comes by there, `beforeSettle:3` the third time. Unset, which is the rule, nothing happens.
 */
import { crashPoints } from '../activities/ports';
import type { CrashPoint } from '../activities/ports';
import { HoldfastError } from '../errors/holdfast-error';

export function createCrashPoint(setting: string | undefined): (point: CrashPoint) => void {
  if (setting === undefined || setting === '') return () => undefined;
  const [name, count = '1'] = setting.split(':');
  const wanted = crashPoints.find((point) => point === name);
  let left = Number(count);
  if (wanted === undefined || !Number.isInteger(left) || left < 1) {
    throw new HoldfastError(
      'Config.Invalid',
      `HOLDFAST_CRASH_POINT: expected <point> or <point>:<count> with a point of ${crashPoints.join(', ')}, received "${setting}"`,
    );
  }
  return (point) => {
    if (point !== wanted) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
