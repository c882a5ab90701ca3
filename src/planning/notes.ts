/** What a plan assumes or leaves out, said beside the numbers. */
import type { PlanInput } from './plan';
import type { Solution } from './solve';

export function notesOf({ pools }: PlanInput, { flows, binding }: Solution): string[] {
  const calls = flows.map(({ call }) => call);
  const untimed = names(calls.filter(({ seconds }) => seconds === undefined).map(({ name }) => name));
  const isConcurrencyLimited = flows.some(({ routes }) =>
    routes.some(({ endpoints }) => endpoints.some(({ limits }) => limits.concurrency !== undefined)),
  );
  const routed = names(
    calls.map(({ pool }) => pool).filter((pool) => (pools[pool]?.route.by ?? 'headroom') !== 'headroom'),
  );
  return [
    'First tiers only: retries, repairs and fallback tiers come on top. Keep about 10 % free for them.',
    ...(untimed.length > 0 && isConcurrencyLimited
      ? [`Concurrency is not judged for ${untimed.join(', ')}: it needs the seconds that a call takes.`]
      : []),
    ...(binding?.quotas.some(({ dimension }) => dimension === 'concurrency') === true
      ? ['Concurrency binds: calls in flight = calls per second × seconds per call, so the seconds decide the result.']
      : []),
    ...routed.map((pool) => {
      const by = pools[pool]?.route.by ?? 'headroom';
      return `Pool ${pool} routes by ${by}: below its limits the calls are spread differently than shown.`;
    }),
  ];
}

function names(all: readonly string[]): string[] {
  return [...new Set(all)];
}
