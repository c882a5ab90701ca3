import { renderCapacity } from '../../../../src/cli/capacity/render-capacity';
import { plainStyle } from '../../../../src/cli/view/style';
import { idlePool, poolReading } from './readings';

const picture = { width: 120, style: plainStyle };
const pools = [poolReading(), idlePool];

describe('renderCapacity', () => {
  test('shows every limit, what waits, and what is in the way, in one table', () => {
    expect(renderCapacity(pools, picture)).toMatchInlineSnapshot(`
      [
        "endpoint                  rpm                     tpm  inputTpm  outputTpm  in flight  breaker  blocked  429s   rate",
        "smart  interactive 3 waiting, ~0.4 s · batch 1,200 waiting, ~2 min 05 s",
        "  openai-eastus         12/60           59,812/60,000                             3/8  closed               0  100 %",
        "  openai-westus   40/42 of 60  1,200/42,000 of 60,000                             0/8  open        12 s     3   70 %",
        "claude  nobody waits",
        "  anthropic-main                                       0/40,000    0/8,000          2  closed               0  100 %",
      ]
    `);
  });

  test('shortens numbers before it gives up the table', () => {
    expect(renderCapacity([poolReading()], { ...picture, width: 88 })).toMatchInlineSnapshot(`
      [
        "endpoint                 rpm              tpm  in flight  breaker  blocked  429s   rate",
        "smart  interactive 3 waiting, ~0.4 s · batch 1,200 waiting, ~2 min 05 s",
        "  openai-eastus        12/60        59.8K/60K        3/8  closed               0  100 %",
        "  openai-westus  40/42 of 60  1.2K/42K of 60K        0/8  open        12 s     3   70 %",
      ]
    `);
  });

  test('puts all that may be wrong into one column before that, too', () => {
    expect(renderCapacity([poolReading()], { ...picture, width: 82 })).toMatchInlineSnapshot(`
      [
        "endpoint                 rpm              tpm  in flight  state",
        "smart  interactive 3 waiting, ~0.4 s · batch 1,200 waiting, ~2 min 05 s",
        "  openai-eastus        12/60        59.8K/60K        3/8  ok",
        "  openai-westus  40/42 of 60  1.2K/42K of 60K        0/8  open, 12 s, 3 429s, rat…",
      ]
    `);
  });

  test('gives each endpoint a block of its own where no table fits', () => {
    expect(renderCapacity([poolReading()], { ...picture, width: 44 })).toMatchInlineSnapshot(`
      [
        "smart",
        "  interactive 3 waiting, ~0.4 s",
        "  batch 1,200 waiting, ~2 min 05 s",
        "  openai-eastus",
        "    rpm        12/60",
        "    tpm        59,812/60,000",
        "    in flight  3/8",
        "    state      ok",
        "  openai-westus",
        "    rpm        40/42 of 60",
        "    tpm        1,200/42,000 of 60,000",
        "    in flight  0/8",
        "    state      open, 12 s, 3 429s, rate 70 %",
      ]
    `);
  });

  test.each([20, 33, 44, 60, 79, 80, 88, 100, 132])('stays within %i characters', (width) => {
    const widest = Math.max(...renderCapacity(pools, { ...picture, width }).map((line) => [...line].length));
    expect(widest).toBeLessThanOrEqual(width);
  });

  test('stays within the height and says what is left out', () => {
    const lines = renderCapacity(pools, { ...picture, height: 4 });
    expect(lines).toHaveLength(4);
    expect(lines.at(-1)).toMatch(/^and 3 lines more: name a pool/);
    expect(renderCapacity(pools, { ...picture, height: 6 })).toHaveLength(6);
  });

  test('marks what needs a look, and nothing else', () => {
    const marked = {
      ...plainStyle,
      bad: (text: string) => `<bad>${text}</bad>`,
      warning: (text: string) => `<!>${text}</!>`,
    };
    const text = renderCapacity(pools, { ...picture, style: marked }).join('\n');
    expect(text.match(/<bad>[^<]+|<!>[^<]+/g)).toEqual([
      expect.stringMatching(/^<!>interactive 3 waiting, ~0\.4 s/),
      '<!>40/42 of 60',
      '<!>1,200/42,000 of 60,000',
      '<bad>open',
      '<bad>12 s',
      '<bad>3',
      '<!>70 %',
    ]);
  });
});
