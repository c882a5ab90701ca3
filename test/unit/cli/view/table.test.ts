import { renderTable } from '../../../../src/cli/view/table';
import type { Column } from '../../../../src/cli/view/table';

const columns: Column[] = [{ title: 'step', shrinksTo: 4 }, { title: 'tier' }, { title: 'tokens', align: 'right' }];
const plain = (text: string): string => text;
const bold = (text: string): string => `<b>${text}</b>`;

describe('renderTable', () => {
  test('aligns columns to their widest cell', () => {
    const rows = [
      [{ text: 'outline' }, { text: '0' }, { text: '9' }],
      [{ text: 'a' }, { text: '1' }, { text: '12,345' }],
    ];
    expect(renderTable({ columns, rows, width: 80, headStyle: plain })).toEqual([
      'step     tier  tokens',
      'outline  0          9',
      'a        1     12,345',
    ]);
  });

  test('counts widths without styling', () => {
    const rows = [[{ text: 'a', style: bold }, { text: '0' }, { text: '9', style: bold }]];
    expect(renderTable({ columns, rows, width: 80, headStyle: plain })[1]).toBe('<b>a</b>     0          <b>9</b>');
  });

  test('shortens only what may shrink when the terminal is narrow', () => {
    const rows = [[{ text: 'research.synthesize' }, { text: '0' }, { text: '12,345' }]];
    expect(renderTable({ columns, rows, width: 24, headStyle: plain })[1]).toBe('research.…  0     12,345');
    expect(renderTable({ columns, rows, width: 5, headStyle: plain })[1]).toBe('res…  0     12,345');
  });
});
