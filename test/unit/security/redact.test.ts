import * as fc from 'fast-check';
import { createRedact, redact } from '../../../src/security/redact';
import { cpuMsOf } from '../../support/cpu-time';

const pem = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKCAQEA\n-----END RSA PRIVATE KEY-----';
const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P';

describe('secrets by their shape', () => {
  test.each([
    ['OpenAI', 'sk-proj-Ab3dEf6hIj9kLmNoPqRsTuVw'],
    ['Anthropic', 'sk-ant-api03-Ab3dEf6hIj9kLm_NoPqRs-TuVwAA'],
    ['OpenRouter', 'sk-or-v1-0123456789abcdef0123456789abcdef'],
    ['Google', 'AIzaSyA1234567890abcdefghijklmnopqrstuvw'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['GitHub', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
    ['GitLab', 'glpat-0123456789abcdefABCD'],
    ['Slack', 'xoxb-123456789012-abcdefABCDEF'],
    ['Stripe', 'sk_live_0123456789abcdefABCDEF'],
    ['npm', 'npm_0123456789abcdefghijABCDEFGHIJ012345'],
    ['Hugging Face', 'hf_0123456789abcdefghijABCD'],
  ])('a key of %s', (_, key) => {
    expect(redact(`refused: ${key}.`)).toMatch(/^refused: \[redacted:key\]\.?$/);
    expect(redact(`{"sent":"${key}"}`)).toBe('{"sent":"[redacted:key]"}');
    expect(redact(`?q=x%3D${key}&r=1`)).toBe('?q=x%3D[redacted:key]&r=1');
  });

  test.each([
    ['a JWT', `got ${jwt}, refused`, 'got [redacted:jwt], refused'],
    ['an unsigned JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.', '[redacted:jwt]'],
    ['a bearer token', 'sent Bearer abc123def', 'sent Bearer [redacted:key]'],
    ['a bearer token without digits', 'sent bearer abcdefghijklmnopqrst', 'sent bearer [redacted:key]'],
    ['a private key', `read ${pem} from disk`, 'read [redacted:private key] from disk'],
    ['a private key inside JSON', JSON.stringify({ pem }), '{"pem":"[redacted:private key]"}'],
    ['a private key that is cut off', `read ${pem.slice(0, 50)}`, 'read [redacted:private key]'],
    ['two private keys', `${pem} and ${pem}`, '[redacted:private key] and [redacted:private key]'],
    ['a password in a URL', 'redis://default:p@ss:w0rd@cache:6379/0', 'redis://[redacted:credentials]@cache:6379/0'],
    ['a user in a URL', 'https://token@git.example.com/x', 'https://[redacted:credentials]@git.example.com/x'],
  ])('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});

describe('secrets by the name before them', () => {
  test.each([
    ['password=hunter2 user=ana', 'password=[redacted:secret] user=ana'],
    ['DB_PASSWORD: hunter2, next', 'DB_PASSWORD: [redacted:secret], next'],
    ['OPENAI_API_KEY=abc', 'OPENAI_API_KEY=[redacted:secret]'],
    ['x-api-key: abc', 'x-api-key: [redacted:secret]'],
    ['{"apiKey":"a b, c"}', '{"apiKey":"[redacted:secret]"}'],
    [String.raw`{"password":"a\"b","n":1}`, '{"password":"[redacted:secret]","n":1}'],
    [
      String.raw`body {\"client_secret\":\"a b\",\"n\":1}`,
      String.raw`body {\"client_secret\":\"[redacted:secret]\",\"n\":1}`,
    ],
    [String.raw`{\"password\":\"a\\\\b c\",\"n\":1}`, String.raw`{\"password\":\"[redacted:secret]\",\"n\":1}`],
    ["{ apiKey: 'abc', n: 1 }", "{ apiKey: '[redacted:secret]', n: 1 }"],
    ['password="open end', 'password="[redacted:secret]'],
    ['aws_secret_access_key = wJalrXUtnFEMI/K7MDENG', 'aws_secret_access_key = [redacted:secret]'],
    ['Authorization: Basic dXNlcjpwYXNz\nHost: x', 'Authorization: [redacted:secret]\nHost: x'],
    ['authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c', 'authorization: [redacted:secret]'],
    ['{"authorization":"Bearer abc","n":1}', '{"authorization":"[redacted:secret]","n":1}'],
    ['Set-Cookie: a=b; c=d', 'Set-Cookie: [redacted:secret]'],
    ['https://x.example/?api_key=abc&page=2', 'https://x.example/?api_key=[redacted:secret]&page=2'],
    ['https://x.example/?access_token=abcdefgh&page=2', 'https://x.example/?access_token=[redacted:secret]&page=2'],
    ['"refreshToken": "abcdefgh"', '"refreshToken": "[redacted:secret]"'],
    ['GITHUB_TOKEN=abcdefgh', 'GITHUB_TOKEN=[redacted:secret]'],
    ['private_key: -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----', 'private_key: [redacted:private key]'],
    ['password=ana@acme.com', 'password=[redacted:secret]'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test.each([
    ['password', 'hunter2'],
    ['x-api-key', 'abc'],
    ['Authorization', 'Bearer abc'],
    ['dbPassword', 'a b c'],
    ['approvalToken', 'abcdefgh'],
  ])('the member %s', (name, value) => {
    expect(redact(value, name)).toBe('[redacted:secret]');
  });

  test.each([
    ['model', 'gpt-5'],
    ['apiKeyEnv', 'OPENAI_API_KEY'],
    ['token', '1200'],
    ['firstToken', '20s'],
    ['password', ''],
    ['secret', 'undefined'],
  ])('but not the member %s = %j', (name, value) => {
    expect(redact(value, name)).toBe(value);
  });
});

describe('personal data', () => {
  test.each([
    ['write to ana.lopez+x@mail.acme.co.uk.', 'write to [redacted:email].'],
    ['<jürgen@müller.de>', '<[redacted:email]>'],
    ['call +49 170 1234567 now', 'call [redacted:phone] now'],
    ['call +1 (415) 555-0132', 'call [redacted:phone]'],
    ['(415) 555-0132', '[redacted:phone]'],
    ['415-555-0132', '[redacted:phone]'],
    ['0170 1234567', '[redacted:phone]'],
    ['card 4111 1111 1111 1111', 'card [redacted:card]'],
    ['card 4111-1111-1111-1111,', 'card [redacted:card],'],
    ['5555555555554444', '[redacted:card]'],
    ['2223003122003222', '[redacted:card]'],
    ['3782 822463 10005', '[redacted:card]'],
    ['IBAN DE89 3704 0044 0532 0130 00 PAID', 'IBAN [redacted:iban] PAID'],
    ['GB82WEST12345698765432', '[redacted:iban]'],
    ['DE89 3704 0044 0532 0130 00 GB82 WEST 1234 5698 7654 32', '[redacted:iban] [redacted:iban]'],
    ['connect ECONNREFUSED 10.1.2.3:6379', 'connect ECONNREFUSED [redacted:ip]:6379'],
    ['from 203.0.113.7.', 'from [redacted:ip].'],
    ['from 2001:db8::8a2e:370:7334', 'from [redacted:ip]'],
    ['[fe80::1]:443', '[[redacted:ip]]:443'],
    ['::ffff:203.0.113.7', '[redacted:ip]'],
  ])('%s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  test.each([
    ['4111 1111 1111 1112'],
    ['5555555555554445'],
    ['DE89 3704 0044 0532 0130 01'],
    ['GB82WEST1234569876543'],
    ['XX82WEST12345698765432'],
    ['999.1.2.3'],
    ['1.2.3.4.5'],
    ['2001:db8:::1'],
  ])('what fails its checksum or form survives: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  test.each([['127.0.0.1:7233'], ['http://localhost:4010'], ['[::1]:6379'], ['0.0.0.0:8080'], ['::ffff:127.0.0.1']])(
    'this machine survives: %s',
    (text) => {
      expect(redact(text)).toBe(text);
    },
  );
});

describe('what logs are searched for survives', () => {
  test.each([
    'researchReport:report-42',
    'researchReport:report-42/step/research.section#3/tier/1',
    'researchReport:r/0198c1f2-7a7b-7c3d-8e4f-5a6b7c8d9e0f/research.outline#0/t0/c0/a1/h0',
    '0198c1f2-7a7b-7c3d-8e4f-5a6b7c8d9e0f',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    '{"inputTokens":1234,"outputTokens":56,"maxOutputTokens":1200}',
    'tokens: 40000, token: 12, perToken: 0.0000125, first_token=812.5ms, firstToken: 20s',
    'Unexpected token < in JSON at position 0',
    'waited 3.2 s for tpm on openai-eastus, retryAfterMs=1200, x-ratelimit-reset-tokens: 6m0s',
    '2026-11-21T14:48:03.123Z',
    '2026-11-21 14:48:03+02:00',
    '1795272483123',
    'took 12:34:56, cost $0.0123, 99.2 %',
    'gpt-5-mini-2025-08-07 on @temporalio/worker@1.24.0 with pino@10.4.0',
    'req_011CSHoEeqs5C35K2UUqR7Fy',
    'environment variable OPENAI_API_KEY is not set',
    'config/holdfast.yaml: endpoints.a: unknown key "apiKey", did you mean "apiKeyEnv"?',
    'bearer authentication, basic understanding, risk-assessment-of-everything',
    'at callModel (/app/dist/activities/call-model.js:42:13)',
    'research/outline@1 by ana@acme',
    'std::vector<a::b>, 00:1b:44:11:3a:b7',
    'p50 120 340 5000, 555 1234, 2026-11-21, 1,234,567',
    'listening on 7233, pid 123456, 8f14e45fceea167a5a36dedd4bea2543',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });

  const digits = fc.integer({ min: 0, max: 10_000_000 });
  test.each<[string, fc.Arbitrary<string>]>([
    ['UUIDs', fc.uuid()],
    ['SHA-256 digests', fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 })],
    [
      'ISO times',
      fc.date({ min: new Date(0), max: new Date('2099-01-01'), noInvalidDate: true }).map((d) => d.toISOString()),
    ],
    [
      'epoch milliseconds',
      fc
        .integer({ min: 1_500_000_000_000, max: 2_500_000_000_000 - 1 })
        .filter((n) => n < 2e12)
        .map(String),
    ],
    ['counts', digits.map((n) => `inputTokens=${n} tokens: ${n} ${n}ms ${n / 1000}s`)],
  ])('any %s', (_, values) => {
    fc.assert(
      fc.property(values, (value) => redact(value) === value),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('redact', () => {
  const fragments = fc.constantFrom(
    pem, jwt, 'sk-ant-api03-Ab3dEf6hIj9kLmNo', 'password=', 'token: ', '"', "'", '\\"', '\\', ' ', '\n', '://', 'u:p@', 'Bearer ',
    'ana@acme.com', '4111 1111 1111 1111', 'DE89370400440532013000', '10.1.2.3', 'fe80::1', '+49 170 1234567', '[redacted:key]', ']', 'x', '7',
  ); // prettier-ignore

  test('redacting twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (parts) => {
        const once = redact(parts.join(' '));
        expect(redact(once)).toBe(once);
      }),
      { seed: 7, numRuns: 5000 },
    );
  });

  test('a key survives no surroundings', () => {
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 6 }), fc.array(fragments, { maxLength: 6 }), (before, after) => {
        const text = `${before.join('')} sk-proj-Zm9vYmFyYmF6cXV4 ${after.join('')}`;
        expect(redact(text)).not.toContain('Zm9vYmFy');
      }),
      { seed: 7, numRuns: 5000 },
    );
  });

  test('takes any text, also broken ones', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => typeof redact(text) === 'string'),
      { seed: 7, numRuns: 1000 },
    );
    expect(redact('\u0000\ud800 ok')).toBe('\u0000\ud800 ok');
  });

  test('known secrets go whatever they look like, the longer one first', () => {
    const redactKnown = createRedact({ secrets: ['correct horse', 'correct horse battery', 'short', ''] });
    expect(redactKnown('"correct horse battery" and correct horse, short')).toBe(
      '"[redacted:secret]" and [redacted:secret], short',
    );
  });
});

describe('long texts', () => {
  test('are cut at 64 Ki characters with a note', () => {
    const text = 'word '.repeat(20_000);
    const redacted = redact(text);
    expect(redacted.length).toBeLessThan(65_600);
    expect(redacted).toMatch(/word {2}\[cut: \d+ of 100000 characters\]$/);
  });

  test('are not cut inside a secret', () => {
    const at = (before: number) => `${'a '.repeat(before / 2)}sk-proj-Zm9vYmFyYmF6cXV4Zm9vYmFy and more`;
    for (let before = 65_490; before <= 65_540; before += 2) expect(redact(at(before))).not.toContain('sk-p');
  });

  test('without any space lose their last word only', () => {
    expect(redact('x'.repeat(100_000))).toBe(`${'x'.repeat(65_024)} [cut: 34976 of 100000 characters]`);
  });
});

/**
 * A pattern that reads a text again for every place it could start needs 10^11 steps for half a megabyte, which is
 * minutes; one that does not needs milliseconds. The bound lies far from both.
 */
describe('half a megabyte of the worst text for each pattern', () => {
  const size = 512 * 1024;
  const fill = (unit: string) => unit.repeat(Math.ceil(size / unit.length));
  const redactWhole = createRedact({ maxCharacters: Infinity });

  test.each([
    'a', '1', ' ', '.', '@', ':', '-', '"', '\\', '\\"', '/', '+', 'eyJ', 'eyJ.', 'eyJaaaaaaaa.', 'sk-', 'sk-a ', 'a@', 'a@b', 'a@b.', 'a.1@b.1',
    'a%40', '%3D', '://', '://a', '://a@', 'bearer ', 'bearer a', 'Bearer\t\t\t', 'password', 'password=', 'password="', 'password=\\"', 'password: \\',
    'token=', 'token=1', 'token="a', 'authorization:', 'cookie=\'', '-----', '-----BEGIN ', '-----BEGIN PRIVATE KEY-----', '-----BEGIN A PRIVATE KEY', '-----END ',
    '-----BEGIN PRIVATE KEY----- -----END A', '1.', '1.1.1.', '1:', '::', 'f:', 'a::', '+1', '+1 ', '(415) ', '415-', '0170 ', '0170 12345 ', '4111 ', '4111 1111 1111 ',
    '41111111', 'DE89', 'DE89 ', 'DE89 3704 0044 0532 0130 0', 'GB82WEST', 'ghp_', 'AKIA', 'xoxb-', 'é', 'é@', '\u{1F600}', 'api_key', 'api_', 'secret_access_', '\n', '[redacted:', '\\\\\\"',
  ])('%j repeated', (unit) => {
    const redactAll = (): void => {
      redactWhole(fill(unit));
      redactWhole(`password="${fill(unit)}`);
      redactWhole(`-----BEGIN PRIVATE KEY-----${fill(unit)}`);
    };
    expect(cpuMsOf(redactAll)).toBeLessThan(5_000);
  }); // prettier-ignore
});
