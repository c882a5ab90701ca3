import type { PendingApproval } from '../../../src/contracts/approval';
import { readDecision } from '../../../src/workflows/policy/read-decision';

const waiting = new Map<string, PendingApproval>([
  ['publish', { name: 'publish', title: 'T', show: {}, allow: ['approve', 'reject', 'edit'], askedAt: 'now' }],
  ['spend', { name: 'spend', title: 'T', show: {}, allow: ['approve', 'reject'], askedAt: 'now' }],
]);
const good = { approval: 'publish', outcome: 'approved', by: 'ana@acme' };

describe('readDecision', () => {
  test.each([
    ['an approval', good],
    ['a rejection with a comment', { ...good, outcome: 'rejected', comment: 'too long' }],
    ['an edit with content', { ...good, outcome: 'edited', content: { title: 'New' } }],
    ['an edit to null', { ...good, outcome: 'edited', content: null }],
  ])('takes %s', (_, value) => {
    expect(readDecision(value, waiting)).toEqual({ ok: true, decision: value });
  });

  test.each([
    ['nothing', undefined, /expected an object/],
    ['text', 'approved', /expected an object/],
    ['a list', [good], /expected an object/],
    ['no name', { ...good, approval: undefined }, /approval: expected the name/],
    [
      'an unknown outcome',
      { ...good, outcome: 'maybe' },
      /outcome: expected one of approved, rejected, edited, received "maybe"/,
    ],
    ['a missing outcome', { ...good, outcome: undefined }, /received nothing/],
    ['nobody', { ...good, by: ' ' }, /by: expected who decides/],
    ['a number as comment', { ...good, comment: 7 }, /comment: expected text/],
    ['an edit without content', { ...good, outcome: 'edited' }, /content: required/],
    ['an approval with content', { ...good, content: {} }, /content: only for "edited"/],
  ])('refuses %s as malformed and says where', (_, value, message) => {
    const read = readDecision(value, waiting);
    expect(read).toMatchObject({ ok: false, type: 'Approval.Malformed' });
    expect(read.ok ? '' : read.message).toMatch(message);
  });

  test('refuses an outcome the approval does not allow, naming what it allows', () => {
    const read = readDecision({ ...good, approval: 'spend', outcome: 'edited', content: 1 }, waiting);
    expect(read).toMatchObject({
      ok: false,
      type: 'Approval.Malformed',
      message: expect.stringContaining('allowed: approve, reject'),
    });
  });

  test('refuses an approval that is not waiting, naming those that are', () => {
    const read = readDecision({ ...good, approval: 'publsh' }, waiting);
    expect(read).toMatchObject({
      ok: false,
      type: 'Approval.NotWaiting',
      message: expect.stringContaining('publish, spend'),
    });
  });

  test.each(['__proto__', 'constructor', 'toString'])('does not find an approval called %s', (approval) => {
    expect(readDecision({ ...good, approval }, waiting)).toMatchObject({ ok: false, type: 'Approval.NotWaiting' });
  });
});
