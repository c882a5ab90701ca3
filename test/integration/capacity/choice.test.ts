import { candidate, granted, request, useCapacity } from './open-capacity';

const capacity = useCapacity();

describe('the choice among candidates', () => {
  test('falls on the earliest start', async () => {
    const { store } = capacity.current;
    const busy = candidate('east', { rpm: 10 });
    await store.reserve(request('a', [busy]));
    const chosen = granted(await store.reserve(request('b', [busy, candidate('west', { rpm: 2 })])));
    expect(chosen).toMatchObject({ endpoint: 'west', startInMs: 0 });
  });

  test('falls on the largest headroom when starts are equal', async () => {
    const { store } = capacity.current;
    const candidates = [
      candidate('small', { tpm: 1_000 }, { tokens: 400 }),
      candidate('large', { tpm: 100_000 }, { tokens: 400 }),
      candidate('narrow', { tpm: 100_000, rpm: 2 }, { tokens: 400 }),
    ];
    expect(granted(await store.reserve(request('a', candidates))).endpoint).toBe('large');
  });

  test('counts what is still in the window as used, although pacing has recovered', async () => {
    const { store, clock } = capacity.current;
    const east = candidate('east', { tpm: 10_000 }, { tokens: 3_000 });
    const west = candidate('west', { tpm: 10_000 }, { tokens: 3_000 });
    await store.reserve(request('a', [east]));
    clock.advance(30_000);
    expect(granted(await store.reserve(request('b', [east, west]))).endpoint).toBe('west');
  });

  test('spreads equal calls over equal endpoints', async () => {
    const { store } = capacity.current;
    const candidates = ['a', 'b', 'c', 'd'].map((name) => candidate(name, { rpm: 60, concurrency: 4 }));
    const chosen = [];
    for (let i = 0; i < 4; i++) chosen.push(granted(await store.reserve(request(`r${i}`, candidates))).endpoint);
    expect(chosen.sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('leaves the candidates that were not chosen untouched', async () => {
    const { store, dump } = capacity.current;
    await store.reserve(request('a', [candidate('east', { rpm: 60 }), candidate('west', { rpm: 60 })]));
    const keys = Object.keys(await dump());
    expect(keys.filter((key) => key.endsWith(':east'))).not.toHaveLength(0);
    expect(keys.filter((key) => key.endsWith(':west'))).toHaveLength(0);
  });

  test('passes over an endpoint that can never admit the request', async () => {
    const { store } = capacity.current;
    const candidates = [
      candidate('small', { tpm: 1_000 }, { tokens: 5_000 }),
      candidate('large', { tpm: 6_000 }, { tokens: 5_000 }),
    ];
    expect(granted(await store.reserve(request('a', candidates))).endpoint).toBe('large');
  });

  test('passes over a full and a closed endpoint', async () => {
    const { store } = capacity.current;
    const full = candidate('full', { concurrency: 1 });
    const closed = candidate('closed', { rpm: 60 });
    await store.reserve(request('a', [full]));
    const reservation = granted(await store.reserve(request('b', [closed])));
    await store.settle({ ...reservation, outcome: 'dead', blockedForMs: 900_000 });
    const answer = await store.reserve(request('c', [full, closed, candidate('open', { rpm: 1 })], { maxWaitMs: 0 }));
    expect(granted(answer).endpoint).toBe('open');
  });

  test('waits for the first endpoint to recover when all are closed', async () => {
    const { store } = capacity.current;
    const candidates = [candidate('east', { rpm: 60 }), candidate('west', { rpm: 60 })];
    for (const [index, blockedForMs] of [90_000, 20_000].entries()) {
      const reservation = granted(await store.reserve(request(`a${index}`, [candidates[index]!])));
      await store.settle({ ...reservation, outcome: 'rateLimited', blockedForMs });
    }
    expect(await store.reserve(request('b', candidates, { maxWaitMs: 5_000 }))).toEqual({
      kind: 'wait',
      retryInMs: 15_000,
      blockedBy: 'pause on west',
    });
    expect(granted(await store.reserve(request('b', candidates, { maxWaitMs: 30_000 })))).toMatchObject({
      endpoint: 'west',
      startInMs: 20_000,
      blockedBy: 'pause on west',
    });
  });
});
