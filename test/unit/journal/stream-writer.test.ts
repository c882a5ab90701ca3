import type { StreamEntry } from '../../../src/journal/stream-entry';
import { AttemptWriter, writerFigures } from '../../../src/journal/stream-writer';

const stamp = { scheduledAtMs: 1_760_000_000_000, tier: 0, callIndex: 0, attempt: 1, hop: 0 };

function openWriter(answer: () => Promise<void> = () => Promise.resolve()) {
  const batches: (readonly StreamEntry[])[] = [];
  const writer = new AttemptWriter({
    stamp,
    endpoint: 'east',
    figures: writerFigures,
    append: (entries) => {
      batches.push(entries);
      return answer();
    },
  });
  const textsOf = (batch: readonly StreamEntry[] | undefined): string[] =>
    (batch ?? []).map((entry) => (entry.kind === 'text' ? entry.text : entry.kind));
  return { writer, batches, written: () => batches.map(textsOf) };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('AttemptWriter', () => {
  test('says at once that it begins, sends the first piece at once and the others together within 40 ms', async () => {
    const { writer, written } = openWriter();
    expect(written()).toEqual([['reset']]);
    await jest.advanceTimersByTimeAsync(40 - (performance.now() % 40));
    ['a', 'b', 'c'].forEach((piece) => writer.text(piece));
    expect(written()).toEqual([['reset'], ['a']]);
    await jest.advanceTimersByTimeAsync(39);
    expect(written()).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(1);
    expect(written()).toEqual([['reset'], ['a'], ['bc']]);
  });

  test('sends 2 KB at once', async () => {
    const { writer, written } = openWriter();
    await jest.advanceTimersByTimeAsync(1);
    writer.text('a');
    await jest.advanceTimersByTimeAsync(0);
    writer.text('b');
    expect(written()).toHaveLength(2);
    writer.text('x'.repeat(2_048));
    expect(written()).toHaveLength(3);
  });

  test('sends at the same moments as every other writer of the process', async () => {
    const writers = [openWriter(), openWriter(), openWriter()];
    await jest.advanceTimersByTimeAsync(40 - (performance.now() % 40));
    for (const { writer } of writers) {
      await jest.advanceTimersByTimeAsync(4);
      writer.text('a');
      await jest.advanceTimersByTimeAsync(4);
      writer.text('b');
    }
    const sent = (): number[] => writers.map(({ batches }) => batches.length);
    for (let ms = 0; ms < 41; ms++) {
      await jest.advanceTimersByTimeAsync(1);
      expect(new Set(sent()).size).toBe(1);
      if (sent()[0] === 3) return;
    }
    throw new Error(`not sent: ${sent().join()}`);
  });

  test('has one batch under way at most, and puts together what comes meanwhile', async () => {
    const answers: (() => void)[] = [];
    const { writer, written } = openWriter(() => new Promise((resolve) => answers.push(resolve)));
    for (let piece = 0; piece < 100; piece++) {
      writer.text('x');
      await jest.advanceTimersByTimeAsync(10);
    }
    expect(written()).toEqual([['reset']]);
    answers[0]?.();
    await jest.advanceTimersByTimeAsync(0);
    expect(written()).toEqual([['reset'], ['x'.repeat(100)]]);
  });

  test('sends less often after a thousand batches, so that a long answer keeps its beginning', async () => {
    const { writer, batches } = openWriter();
    const secondsLong = 900;
    for (let ms = 0; ms < secondsLong * 1_000; ms += 40) {
      writer.text('word ');
      await jest.advanceTimersByTimeAsync(40);
    }
    expect(batches.length).toBeLessThan(10_000);
    expect(batches.length).toBeGreaterThan(9_000);
  });

  test('begins anew when a batch may be lost, with pauses that grow', async () => {
    let isDown = true;
    const { writer, batches, written } = openWriter(() =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(),
    );
    writer.text('a');
    await jest.advanceTimersByTimeAsync(10_000);
    // After 0, 0.1, 0.3, 0.7, 1.5, 3.1, 5.1, 7.1 and 9.1 s.
    expect(batches).toHaveLength(9);
    isDown = false;
    writer.text('b');
    await jest.advanceTimersByTimeAsync(2_000);
    expect(written().at(-1)).toEqual(['reset', 'ab']);
    expect(batches.at(-1)?.[0]).toMatchObject({ order: { take: 9 } });
  });

  test('gives up a minute after the call', async () => {
    const { writer, batches } = openWriter(() => Promise.reject(new Error('down')));
    await jest.advanceTimersByTimeAsync(0);
    await writer.stop();
    await jest.advanceTimersByTimeAsync(70_000);
    const tries = batches.length;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(batches).toHaveLength(tries);
  });

  test('keeps nobody waiting for longer than half a second', async () => {
    const { writer } = openWriter(() => new Promise(() => undefined));
    const ended = writer.end({ stamp, endpoint: 'east', text: 'x' });
    await jest.advanceTimersByTimeAsync(500);
    await expect(ended).resolves.toBeUndefined();
  });

  test('takes nothing after its end', async () => {
    const { writer, written } = openWriter();
    writer.text('a');
    await writer.end({ stamp, endpoint: 'east', text: 'a' });
    writer.text('b');
    await writer.end({ stamp, endpoint: 'east', text: 'ab' });
    await writer.stop();
    await jest.advanceTimersByTimeAsync(1_000);
    expect(written().flat()).toEqual(['reset', 'a', 'end']);
  });
});
