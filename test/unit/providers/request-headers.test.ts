import { requestHeadersOf } from '../../../src/providers/request-headers';

describe('requestHeadersOf', () => {
  test.each([
    ['run/step#0/t0/c0/a1/h0', 'run/step#0/t0/c0/a1/h0'],
    ['a b\nc', 'a%20b%0Ac'],
    ['é🎻', '%C3%A9%F0%9F%8E%BB'],
    ['\udc00', '%EF%BF%BD'],
  ])('sends the call id %j as %j', (callId, header) => {
    expect(requestHeadersOf(callId)).toEqual({ 'X-Client-Request-Id': header });
  });

  test('keeps the end of an id that is too long, where the attempt stands', () => {
    const header = requestHeadersOf(`${'w'.repeat(2_000)}/a1/h0`)['X-Client-Request-Id'];
    expect(header).toHaveLength(512);
    expect(header).toMatch(/w\/a1\/h0$/);
  });
});
