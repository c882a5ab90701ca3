import { renderPlan } from '../../../../src/cli/plan/render-plan';
import { plainStyle } from '../../../../src/cli/view/style';
import { call, endpoint, pipeline, planOf } from '../../planning/load';

const picture = { width: 100, style: plainStyle };
const east = endpoint('openai-eastus', { rpm: 900, tpm: 150_000, concurrency: 64 });
const west = endpoint('openai-westus', { rpm: 600, tpm: 100_000 });
const writing = call({ name: 'research.section', calls: 4, inputTokens: 1_800, maxOutputTokens: 1_600, seconds: 8 });

describe('renderPlan', () => {
  test('a load that is too much', () => {
    const plan = planOf({ endpoints: [east, west], pipelines: [pipeline({ perHour: 1_200, calls: [writing] })] });
    expect(renderPlan(plan, picture)).toMatchInlineSnapshot(`
      [
        "pipeline  per hour  at most   runs     done in  per run",
        "report       1,200    1,091  1,200  1 h 06 min  $0.0272",
        "",
        "pool  endpoint       calls/h  quota             demand        limit    use",
        "pool  openai-eastus    2,880  rpm               48/min      900/min    5 %",
        "                              tpm          163,200/min  150,000/min  109 %  ← binds",
        "                              concurrency          6.4           64   10 %",
        "      openai-westus    1,920  rpm               32/min      600/min    5 %",
        "                              tpm          108,800/min  100,000/min  109 %  ← binds",
        "",
        "Too much for tpm of openai-eastus and openai-westus: what is started waits longer and longer.",
        "report: at most 1,091 per hour (91 % of what is asked for); 1,200 runs done in 1 h 06 min.",
        "Cost: $29.70 an hour at the rate that fits.",
        "One more region like openai-eastus in pool: report 1,747 per hour, done in 1 h 00 min; then held up",
        "by tpm of openai-eastus, openai-westus and another openai-eastus.",
        "",
        "- First tiers only: retries, repairs and fallback tiers come on top. Keep about 10 % free for them.",
      ]
    `);
  });

  test('a load that fits, over two pools that share a quota', () => {
    const plan = planOf({
      endpoints: [east, { ...west, quotaGroup: east.name, limits: east.limits }],
      pools: { pool: [east.name], spare: [west.name] },
      pipelines: [pipeline({ perHour: 120, count: 5_760, calls: [writing, call({ name: 'check', pool: 'spare' })] })],
    });
    expect(renderPlan(plan, picture)).toMatchInlineSnapshot(`
      [
        "pipeline  per hour  at most   runs   done in  per run",
        "report         120      571  5,760  2.0 days  $0.0332",
        "",
        "pool   endpoint       calls/h  quota                   demand        limit   use",
        "pool   openai-eastus      480  rpm                     10/min      900/min   1 %",
        "                               tpm                 31,200/min  150,000/min  21 %  ← binds first",
        "                               concurrency                1.1           64   2 %",
        "spare  openai-westus      120  with openai-eastus",
        "",
        "It fits. As it grows, it will be held up by tpm of openai-eastus first.",
        "report: at most 571 per hour (476 % of what is asked for); 5,760 runs done in 2.0 days.",
        "Cost: $3.98 an hour.",
        "One more region like openai-eastus in pool: report 1,142 per hour, done in 2.0 days; then held up by",
        "tpm of openai-eastus and another openai-eastus.",
        "",
        "- First tiers only: retries, repairs and fallback tiers come on top. Keep about 10 % free for them.",
        "- Concurrency is not judged for check: it needs the seconds that a call takes.",
      ]
    `);
  });

  test('a backlog', () => {
    const plan = planOf({ endpoints: [west], pipelines: [pipeline({ count: 2_000, calls: [writing] })] });
    expect(renderPlan(plan, picture)).toMatchInlineSnapshot(`
      [
        "pipeline  per hour  at most   runs     done in  per run",
        "report         436      436  2,000  4 h 34 min  $0.0272",
        "",
        "pool  endpoint       calls/h  quota      demand        limit   use",
        "pool  openai-westus    1,747  rpm        29/min      600/min   5 %",
        "                              tpm    99,000/min  100,000/min  99 %  ← binds",
        "",
        "The pace is set by tpm of openai-westus.",
        "report: at most 436 per hour; 2,000 runs done in 4 h 34 min.",
        "Cost: $11.88 an hour.",
        "One more region like openai-westus in pool: report 873 per hour, done in 2 h 17 min; then held up by",
        "tpm of openai-westus and another openai-westus.",
        "",
        "- First tiers only: retries, repairs and fallback tiers come on top. Keep about 10 % free for them.",
      ]
    `);
  });

  test('a load that no known limit meets', () => {
    const plan = planOf({ endpoints: [endpoint('own', { concurrency: 8 })], pipelines: [pipeline({ perHour: 60 })] });
    expect(renderPlan(plan, picture)).toContain('No limit is known that this load could meet.');
  });

  test.each([60, 72, 80, 100])('stays within %i characters', (width) => {
    const plan = planOf({ endpoints: [east, west], pipelines: [pipeline({ perHour: 1_200, calls: [writing] })] });
    expect(Math.max(...renderPlan(plan, { ...picture, width }).map((line) => line.length))).toBeLessThanOrEqual(width);
  });
});
