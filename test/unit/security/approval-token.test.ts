import { randomBytes } from 'node:crypto';
import { createApprovalTokens, readApprovalTokens } from '../../../src/security/approval-token';
import { parseKeyRing } from '../../../src/security/key-ring';

const keyOf = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const [older, newer] = [keyOf('2026.a'), keyOf('2026b')];
const now = 1_000_000;
const tokensOf = (ring: string) => createApprovalTokens(parseKeyRing(ring, 'KEYS'), () => now);
const claims = {
  workflowId: 'research:1',
  approval: 'publish',
  digest: 'd'.repeat(32),
  by: 'ana@acme',
  roles: ['editors'],
  expiresAtMs: now + 1,
};

describe('approval tokens', () => {
  test('say who they are for, also after the key was changed', () => {
    const token = tokensOf(older).sign(claims);
    expect(tokensOf(`${newer},${older}`).verify(token, claims)).toEqual(claims);
  });

  test.each([
    ['another run', { workflowId: 'research:2' }, /another question/],
    ['another approval', { approval: 'pay' }, /another question/],
    ['another content', { digest: 'e'.repeat(32) }, /another content/],
  ])('are worth nothing for %s', (_, subject, message) => {
    const tokens = tokensOf(newer);
    expect(() => tokens.verify(tokens.sign(claims), { ...claims, ...subject })).toThrow(message);
  });

  test('expire', () => {
    const tokens = tokensOf(newer);
    expect(() => tokens.verify(tokens.sign({ ...claims, expiresAtMs: now }), claims)).toThrow(/has expired/);
  });

  test('cannot be changed, nor signed with another key of the same name', () => {
    const tokens = tokensOf(newer);
    const [format, id, body = '', signature] = tokens.sign(claims).split('.');
    const forged = Buffer.from(JSON.stringify({ ...claims, by: 'eve' })).toString('base64url');
    expect(() => tokens.verify([format, id, forged, signature].join('.'), claims)).toThrow(/wrong signature/);
    const other = tokensOf(keyOf('2026b')).sign(claims);
    expect(() => tokens.verify(other, claims)).toThrow(/wrong signature/);
    expect(() => tokens.verify([format, 'unknown', body, signature].join('.'), claims)).toThrow(/is signed with a key/);
  });

  test.each(['', 'x', 'hfa1.k.x.y', 'eyJhbGciOiJub25lIn0.e30.'])('%j is of another form', (token) => {
    expect(() => tokensOf(newer).verify(token, claims)).toThrow(/not of the form/);
  });

  test('are off without keys, and refuse keys that are none', () => {
    expect(readApprovalTokens({})).toBeUndefined();
    expect(() => readApprovalTokens({ HOLDFAST_APPROVAL_KEYS: 'short' })).toThrow(/HOLDFAST_APPROVAL_KEYS: entry 1/);
  });
});
