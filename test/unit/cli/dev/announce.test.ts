import { providerText, resultText, withoutPassword } from '../../../../src/cli/dev/announce';
import { draft } from '../review/draft';
import { at } from '../run-status';

describe('withoutPassword', () => {
  test.each([
    ['redis://127.0.0.1:6390', 'redis://127.0.0.1:6390'],
    ['rediss://user:secret@redis.example:6380/1', 'rediss://…@redis.example:6380/1'],
    ['redis://:p@ss@host', 'redis://…@host'],
  ])('%s is shown as %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});

describe('providerText', () => {
  test('says when calls cost money, and how to avoid it', () => {
    expect(providerText({ kind: 'real', providers: ['OpenAI', 'Anthropic'] })).toMatch(
      /OpenAI and Anthropic.+cost money.+--simulate/,
    );
  });
});

describe('resultText', () => {
  test('says who rejected and why', () => {
    const decision = { outcome: 'rejected', content: draft, by: 'ana', comment: 'too\nlong', at: at(0) } as const;
    expect(resultText({ status: 'rejected', decision }, 'http://ui')[0]).toBe(
      'rejected by ana: too long; no PDF was made',
    );
  });
});
