import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { failureTypes, policyOf } from '../../../src/errors';

/** docs/errors.md says what the catalogue says: neither can change alone. */
const text = readFileSync(resolve(__dirname, '../../../docs/errors.md'), 'utf8');
const rows = new Map(
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map(([, type, hop, retry, next, meaning]) => [type?.replaceAll('`', ''), { hop, retry, next, meaning }] as const),
);

const nextText = { tier: 'next tier', largerWindow: 'a larger window only', fail: 'the step fails' } as const;

describe('docs/errors.md', () => {
  test('has one row for every failure type and no other', () => {
    expect([...rows.keys()]).toEqual(failureTypes);
  });

  test.each(failureTypes)('%s is documented as it behaves', (type) => {
    const { hop, retry, next, meaning } = policyOf(type);
    expect(rows.get(type)).toEqual({
      hop: hop ? 'yes' : '–',
      retry: retry ? 'yes' : '–',
      next: nextText[next],
      meaning,
    });
  });
});
