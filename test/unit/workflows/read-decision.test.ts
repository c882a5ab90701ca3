import type { PendingApproval } from '../../../src/contracts/approval';
import { readDecision } from '../../../src/workflows/policy/read-decision';

function pending(name: string, allow: PendingApproval['allow']): PendingApproval {
  return { name, occurrence: 0, title: 'T', show: {}, digest: 'd'.repeat(32), allow, askedAt: 'now' };
}

const waiting = new Map<string, PendingApproval>([
  ['publish', pending('publish', ['approve', 'reject', 'edit'])],
  ['spend', pending('spend', ['approve', 'reject', 'answer'])],
]);
const good = { approval: 'publish', outcome: 'approved', by: 'ana@acme' };

describe('readDecision', () => {
  test.each([
    ['an approval', good],
    ['a rejection with a comment', { ...good, outcome: 'rejected', comment: 'too long' }],
    ['an edit with content', { ...good, outcome: 'edited', content: { title: 'New' } }],
    ['an answer', { ...good, approval: 'spend', outcome: 'answered', answer: 7 }],
    ['everything else', { ...good, digest: 'd', id: 'i', token: 't', roles: ['editors'] }],
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
      /outcome: expected one of approved, rejected, edited, answered, received "maybe"/,
    ],
    ['a missing outcome', { ...good, outcome: undefined }, /received nothing/],
    ['nobody', { ...good, by: ' ' }, /by: expected who decides/],
    ['a number as comment', { ...good, comment: 7 }, /comment: expected text/],
    ['an edit without content', { ...good, outcome: 'edited' }, /content: required/],
    ['an answer that is missing', { ...good, approval: 'spend', outcome: 'answered' }, /answer: required/],
    ['an approval with an answer', { ...good, answer: 1 }, /answer: only for "answered"/],
    ['a number as digest', { ...good, digest: 7 }, /digest: expected/],
    ['an id of 300 characters', { ...good, id: 'i'.repeat(300) }, /id: expected text/],
    ['a token of 9,000 characters', { ...good, token: 't'.repeat(9_000) }, /token: expected/],
    ['a text as roles', { ...good, roles: 'editors' }, /roles: expected/],
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
      message: expect.stringContaining('allowed: approve, reject, answer'),
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
