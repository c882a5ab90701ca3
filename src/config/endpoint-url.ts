/** What is wrong with an endpoint's base URL, in words that never repeat it: it may carry credentials. */

const thisMachine = /^(localhost|[^.]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function urlProblem(text: string, isLocal: boolean): string | undefined {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return 'expected a URL such as https://api.example.com/v1';
  }
  if (url.username !== '' || url.password !== '') {
    return 'the URL must not carry credentials; the key belongs into the variable named in apiKeyEnv';
  }
  if (/[?#]/.test(text)) return 'the URL must not have a query or fragment';
  if (url.protocol === 'http:' && !isLocal && !thisMachine.test(url.hostname)) {
    return `expected https, received http to ${url.hostname}; only this machine, or an endpoint with "local: true", may use http`;
  }
  return undefined;
}
