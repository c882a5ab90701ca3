import { Timeline } from '../../../../bench/capacity/virtual/timeline';

describe('Timeline', () => {
  test('wakes sleepers in the order of their times, and of their coming when these are equal', async () => {
    const timeline = new Timeline(1_000);
    const woken: string[] = [];
    const sleeper = async (name: string, ms: number): Promise<void> => {
      await timeline.sleep(ms);
      woken.push(`${name} at ${timeline.now()}`);
    };
    for (const [name, ms] of [
      ['late', 30],
      ['early', 10],
      ['also early', 10],
      ['first', 0],
    ] as const) {
      timeline.start(sleeper(name, ms));
    }
    await timeline.run(1_100);
    expect(woken).toEqual(['first at 1000', 'early at 1010', 'also early at 1010', 'late at 1030']);
    expect(timeline.now()).toBe(1_100);
  });

  test('leaves whoever sleeps past the end asleep', async () => {
    const timeline = new Timeline(0);
    let isAwake = false;
    timeline.start(timeline.sleep(11).then(() => (isAwake = true)));
    await timeline.run(10);
    expect(isAwake).toBe(false);
  });

  test('stands still while something outside works', async () => {
    const timeline = new Timeline(0);
    const seen: number[] = [];
    let answer: (() => void) | undefined;
    timeline.start(
      timeline.outside(new Promise<void>((resolve) => (answer = resolve))).then(() => seen.push(timeline.now())),
    );
    timeline.start(timeline.sleep(5).then(() => seen.push(timeline.now())));
    const run = timeline.run(10);
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    answer?.();
    await run;
    expect(seen).toEqual([0, 5]);
  });

  test('ends with the error of whoever failed', async () => {
    const timeline = new Timeline(0);
    timeline.start(timeline.sleep(5).then(() => Promise.reject(new Error('a defect'))));
    await expect(timeline.run(10)).rejects.toThrow('a defect');
  });

  test('keeps thousands of sleepers in order', async () => {
    const timeline = new Timeline(0);
    const woken: number[] = [];
    for (let index = 0; index < 2_000; index++) {
      const ms = (index * 7_919) % 1_000;
      timeline.start(timeline.sleep(ms).then(() => woken.push(ms)));
    }
    await timeline.run(1_000);
    expect(woken).toEqual([...woken].sort((a, b) => a - b));
    expect(woken).toHaveLength(2_000);
  });
});
