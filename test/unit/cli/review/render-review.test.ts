import { isDraft, renderReview } from '../../../../src/cli/review/render-review';
import { plainStyle } from '../../../../src/cli/view/style';
import type { JsonValue } from '../../../../src/contracts/json';
import { draft } from './draft';
import { pendingApproval } from '../run-status';

const review = (show: JsonValue): string[] =>
  renderReview({ ...pendingApproval, show }, { width: 60, style: plainStyle });

describe('renderReview', () => {
  test('shows title, abstract and the sections with their citations', () => {
    expect(review(draft)).toEqual([
      '',
      'Approval "publish" – to be decided by 2026-11-24 12:00 UTC',
      '',
      '  Scales',
      '  after H. Krehbiel, How to Listen',
      '',
      '  A scale is a ladder of tones. It has steps, some of them',
      '  small.',
      '',
      '  1  The major scale  1 citation',
      '  2  Modes            0 citations',
      '',
    ]);
  });

  test('shows anything else as JSON, cut where it gets long', () => {
    expect(review({ amount: 3 })).toContain('    "amount": 3');
    expect(review(Array.from({ length: 100 }, (_, index) => index)).at(-2)).toBe('  … 62 more lines');
  });

  test('prints nothing a terminal would obey', () => {
    expect(review({ ...draft, title: '\u001b[2JScales\nof fish' })).toContain('  Scales of fish');
  });
});

describe('isDraft', () => {
  test.each([null, 'text', [], {}, { ...draft, sections: [{}] }, { ...draft, source: null }])(
    'is false for %j',
    (value) => {
      expect(isDraft(value)).toBe(false);
    },
  );
});
