/** Bodies that are not the stream that was asked for. */
import type { ConformanceCase } from '../case';
import { prose } from '../canaries';
import { answerOf } from '../dialects/dialect';
import { raw, reply, stream, streamHeaders } from '../sources/wire-handlers';
import { all, ofAzure, ofOpenAi } from '../targets';

const page = `<!doctype html><html><head><title>Sign in</title></head><body>${prose}</body></html>`;
const json = { 'content-type': 'application/json' };

export const bodyCases: readonly ConformanceCase[] = [
  {
    id: 'body/html',
    title: 'A gateway answers 200 with a page of its own.',
    targets: all,
    simulator: { faults: [{ kind: 'html' }] },
    wire: () => reply(200, page),
    expect: { failure: 'Llm.ServerError', details: { status: 200, code: 'unexpected_content_type' } },
  },
  {
    id: 'body/html-as-stream',
    title: 'The same page under the content type of a stream.',
    targets: all,
    wire: () => stream(page),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'body/html-as-json',
    title: 'The same page under the content type of JSON.',
    targets: all,
    wire: () => reply(200, page, json),
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'body/empty',
    title: 'A success with nothing in it.',
    targets: all,
    simulator: { faults: [{ kind: 'emptyBody' }] },
    wire: () => reply(200, '', json),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'body/no-content',
    title: '204: a success that says that there is nothing in it.',
    targets: all,
    wire: () => (response) => void response.writeHead(204).end(),
    expect: { failure: 'Llm.EmptyResponse' },
  },
  {
    id: 'body/cut-json',
    title: 'A JSON document that is cut in the middle.',
    targets: all,
    wire: () => reply(200, '{"choices":[{"message":{"content":"Hel', json),
    expect: { failure: 'Llm.Truncated', details: { status: 200 } },
  },
  {
    id: 'body/malformed-json',
    title: 'Something that looks like JSON and is none.',
    targets: all,
    aimock: { response: { content: 'Hi' }, options: { chaos: { malformedRate: 1 } } },
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'body/whole-document',
    title: 'A whole answer in place of a stream: somebody between us and the provider does not stream.',
    targets: all,
    wire: (dialect) => reply(200, dialect.document('Hello')),
    expect: { failure: 'Llm.ServerError', details: { status: 200, code: 'unexpected_content_type' } },
  },
  {
    id: 'body/error-with-200',
    title: 'An error with status 200 is still that error.',
    targets: all,
    wire: (dialect) => reply(200, dialect.errorBody({ message: prose, ...overloadOf(dialect.model), status: 503 })),
    expect: { failure: 'Llm.Overloaded' },
  },
  {
    id: 'body/quota-with-200',
    title: 'So is one about money.',
    targets: [...ofOpenAi, ...ofAzure],
    wire: (dialect) => {
      return reply(200, dialect.errorBody({ message: prose, type: 'insufficient_quota', code: 'insufficient_quota' }));
    },
    expect: { failure: 'Llm.QuotaExhausted' },
  },
  {
    id: 'body/json-of-another-kind',
    title: 'A success with JSON that has nothing to do with an answer.',
    targets: all,
    wire: () => reply(200, { status: 'ok', data: [1, 2, 3] }),
    expect: { failure: 'Llm.ServerError', details: { code: 'unexpected_content_type' } },
  },
  {
    id: 'body/json-null',
    title: 'A success with `null`.',
    targets: all,
    wire: () => reply(200, 'null', json),
    expect: { failure: 'Llm.ServerError' },
  },
  {
    id: 'body/stream-as-text',
    title: 'A good stream under the content type of plain text is not believed.',
    targets: all,
    simulator: { faults: [{ kind: 'wrongContentType' }] },
    wire: (dialect) => reply(200, answerOf(dialect, 'Hello'), { 'content-type': 'text/plain' }),
    expect: { failure: 'Llm.ServerError', details: { code: 'unexpected_content_type' } },
  },
  {
    id: 'body/stream-with-parameters',
    title: 'The content type of a stream may be written in capitals and have parameters.',
    targets: all,
    wire: (dialect) => reply(200, answerOf(dialect, 'Hello'), { 'content-type': 'Text/Event-Stream;charset=UTF-8' }),
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'body/malformed-event',
    title: 'An event that is not JSON makes the stream a broken one, not a shorter one.',
    targets: all,
    // Its broken event has no name, and Anthropic has no events without one.
    simulator: ({ provider }) => {
      return provider === 'anthropic' ? undefined : { faults: [{ kind: 'malformedEvent', afterChunks: 2 }] };
    },
    wire: (dialect) => {
      const [begin, broken] = [
        dialect.open() + dialect.text('Hel'),
        dialect.text(`lo ${prose}`).replace(/\}\s*$/, '\n\n'),
      ];
      return stream(begin, broken, dialect.finish('stop'), dialect.end());
    },
    expect: { failure: 'Llm.Truncated' },
  },
  {
    id: 'body/event-of-another-type',
    title: 'Events that are numbers, lists, texts and null are ignored.',
    targets: all.filter((name) => name !== 'gemini'),
    wire: (dialect) => {
      const strange = ['17', '[]', '"text"', 'null'].map((value) => `event: strange\ndata: ${value}\n\n`).join('');
      return stream(strange, answerOf(dialect, 'Hello'));
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'body/fields-of-other-types',
    title: 'Known fields of other types than documented are ignored rather than fatal.',
    targets: all,
    wire: (dialect) => {
      const [begin, rest] = [dialect.open() + dialect.text('Hel'), dialect.text('lo')];
      const twisted = rest.replace('"lo"', '{"text":[1]}');
      return stream(begin, twisted, rest, dialect.finish('stop'), dialect.end());
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'body/prototype-keys',
    title: 'Keys such as `__proto__` and `constructor` in events are data like any other.',
    targets: all,
    wire: (dialect) => {
      const poison = 'data: {"__proto__":{"type":"response.completed"},"constructor":{"prototype":{"text":"x"}}}\n\n';
      return stream(dialect.open(), poison, dialect.text('Hello'), dialect.finish('stop'), dialect.end());
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'body/compressed',
    title: 'Nothing compressed is asked for, so that pieces arrive when they are sent.',
    targets: all,
    wire: (dialect) => (response) => {
      if (response.req.headers['accept-encoding'] !== 'identity') response.writeHead(406).end();
      else response.writeHead(200, streamHeaders).end(answerOf(dialect, 'Hello'));
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'body/huge-headers',
    title: 'Headers larger than any sane header end the call, not the process.',
    targets: all,
    wire: () => raw(`HTTP/1.1 200 OK\r\nx-garbage: ${'x'.repeat(200_000)}\r\n\r\n`),
    expect: { failure: 'Llm.Connection', details: { code: 'HPE_HEADER_OVERFLOW' } },
  },
  {
    id: 'body/garbage-in-headers',
    title: 'Garbage in the values of headers does no harm to a good answer.',
    targets: all,
    wire: (dialect) => {
      const body = answerOf(dialect, 'Hello');
      const head =
        'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nx-ratelimit-reset-tokens: \xff\xfe soon\r\n' +
        `x-ratelimit-remaining-tokens: ${'9'.repeat(4_000)}\r\nretry-after: \x80\x81\r\nx-request-id: \xe4\xf6 evil id\r\n` +
        `anthropic-ratelimit-requests-reset: 9999-99-99\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
      return raw(Buffer.from(head, 'latin1'), body);
    },
    expect: { answer: { text: 'Hello' } },
  },
  {
    id: 'body/broken-headers',
    title: 'Headers with bytes that HTTP forbids.',
    targets: all,
    simulator: { faults: [{ kind: 'brokenHeaders' }] },
    expect: { failure: 'Llm.Connection' },
  },
  {
    id: 'body/no-http',
    title: 'A peer that does not speak HTTP at all.',
    targets: all,
    wire: () => raw('SSH-2.0-OpenSSH_9.9\r\n'),
    expect: { failure: 'Llm.Connection' },
  },
  {
    id: 'body/no-status',
    title: 'A status that is none.',
    targets: all,
    wire: () => raw('HTTP/1.1 999 Surprise\r\ncontent-length: 0\r\n\r\n'),
    expect: { failure: 'Llm.Connection' },
  },
  {
    id: 'body/wrong-length',
    title: 'A body that is shorter than its own header says.',
    targets: all,
    wire: (dialect) => {
      const begun = dialect.open() + dialect.text('Hel');
      return raw(`HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 100000\r\n\r\n${begun}`);
    },
    expect: { failure: 'Llm.Truncated' },
  },
];

/** In the words of the format that the model belongs to. */
function overloadOf(model: string): { type: string; code?: string } {
  if (model.startsWith('claude')) return { type: 'overloaded_error' };
  if (model.startsWith('gemini')) return { type: 'UNAVAILABLE' };
  return { type: 'service_unavailable_error', code: 'server_is_overloaded' };
}
