/** The longest id OpenAI takes; a longer one fails the whole request. */
const longestCallId = 512;

/**
 * `X-Client-Request-Id`. Call ids contain workflow ids, which may contain anything, but a header takes ASCII only:
 * other characters are percent-encoded. Of an id that is too long the end is kept, where the attempt stands.
 */
export function requestHeadersOf(callId: string): Record<string, string> {
  const ascii = callId.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
  return { 'X-Client-Request-Id': ascii.slice(-longestCallId) };
}
