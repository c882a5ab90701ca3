/** Local activity: a call is given up, so everything it may have claimed goes back at once instead of with its lease. */
import { reservationIdOf } from '../contracts/ids';
import type { ReleaseGrantInput } from '../contracts/step';
import type { ActivityDependencies } from './ports';

/** What was settled, released or never claimed stays as it is, so it may be sent again. */
export async function releaseClaims(
  { store }: Pick<ActivityDependencies, 'store'>,
  { id, pool, grant, hop = grant?.hop ?? 0, attempts = 1 }: ReleaseGrantInput,
): Promise<void> {
  const booked = Array.from({ length: attempts - 1 }, (_, index) => reservationIdOf(id, index + 2, 0));
  const rids = [reservationIdOf(id, 1, hop), ...booked];
  await Promise.all(rids.map((rid) => store.release({ rid, pool })));
}
