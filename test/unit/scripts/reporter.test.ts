import { createReporter } from './modules';

function capture(more: { isTTY?: boolean; columns?: number } = {}): {
  readonly written: string[];
  readonly stream: { write(text: string): unknown; isTTY?: boolean; columns?: number };
} {
  const written: string[] = [];
  return { written, stream: { write: (text) => written.push(text), ...more } };
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('createReporter', () => {
  test('without a terminal says what begins, where it stands every 15 s, and how long it took', async () => {
    const { written, stream } = capture();
    await createReporter({ stream }).task('building', (update) => {
      update('3 of 7');
      jest.advanceTimersByTime(75_000);
      return Promise.resolve();
    });
    expect(written[0]).toBe('holdfast: building\n');
    expect(written[1]).toBe('holdfast: building – 3 of 7 (15 s)\n');
    expect(written).toHaveLength(7);
    expect(written.at(-1)).toBe('holdfast: building: done in 1 min 15 s\n');
  });

  test('on a terminal rewrites one line that never wraps', async () => {
    const { written, stream } = capture({ isTTY: true, columns: 20 });
    await createReporter({ stream }).task('a label that is far too long for it', () => {
      jest.advanceTimersByTime(1_000);
      return Promise.resolve();
    });
    const drawn = written.filter((text) => text.startsWith('\r') && !text.endsWith('K'));
    expect(drawn).toHaveLength(5);
    for (const text of drawn) expect(text.replace('\r\u001b[K', '')).toHaveLength(19);
    expect(written.at(-1)).toMatch(/: done in 1 s\n$/);
  });

  test('says that a task failed, and passes its error on', async () => {
    const { written, stream } = capture();
    const failing = createReporter({ stream }).task('building', () => Promise.reject(new Error('no disk')));
    await expect(failing).rejects.toThrow('no disk');
    expect(written.at(-1)).toBe('holdfast: building: failed after 0 s\n');
    expect(jest.getTimerCount()).toBe(0);
  });
});
