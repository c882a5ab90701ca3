import { changed, keys, loadText, minimal, problemsIn } from './load-text';

const withEmbedding = `${minimal
  .replace(
    'pools:',
    `  vectors:
    provider: openai
    model: text-embedding-3-small
    apiKeyEnv: EAST_KEY
    limits: { rpm: 60 }
    price: { input: 0.02, output: 0 }
    contextWindow: 8_191
pools:`,
  )
  .replace('steps:', '  embedding: { endpoints: [vectors] }\nsteps:')}
embeddings:
  docs.embed: { pool: embedding, dimensions: 256, cached: 20d, lane: batch, timeouts: { call: 30s } }
`;
const entry = /docs\.embed: \{.*\}/.exec(withEmbedding)?.[0] ?? '';
const of = (line: string): string => changed(entry, `docs.embed: ${line}`, withEmbedding);

describe('embeddings', () => {
  test('know their model, and take the defaults for what they leave out', () => {
    expect(loadText(withEmbedding).embeddings).toEqual({
      'docs.embed': {
        name: 'docs.embed',
        pool: 'embedding',
        model: 'text-embedding-3-small',
        dimensions: 256,
        cachedMs: 20 * 86_400_000,
        lane: 'batch',
        maximumAttempts: 5,
        timeouts: { connectMs: 5_000, firstTokenMs: 20_000, idleMs: 15_000, callMs: 30_000, stepMs: 120_000 },
      },
    });
  });

  test.each([
    [
      'an unknown pool',
      of('{ pool: embeding, dimensions: 256 }'),
      'embeddings.docs.embed.pool: unknown pool "embeding", did you mean "embedding"?',
    ],
    ['no dimensions', of('{ pool: embedding }'), 'embeddings.docs.embed.dimensions: '],
    [
      'a provider that has none',
      of('{ pool: large, dimensions: 256 }'),
      'embeddings.docs.embed.pool: endpoint "west" cannot embed: Anthropic has no embedding models',
    ],
    [
      'a pool that answers prompts',
      of('{ pool: fast, dimensions: 256 }'),
      'embeddings.docs.embed.pool: pool "fast" is also that of step greet: a model that embeds answers no prompt',
    ],
    [
      'two models in one pool',
      changed('[vectors]', '[vectors, east]', withEmbedding),
      'embeddings.docs.embed.pool: expected one model in pool "embedding", received text-embedding-3-small and gpt-5: their vectors cannot be compared',
    ],
    [
      'the interface that does not embed',
      changed('model: text-embedding-3-small', 'model: text-embedding-3-small\n    api: responses', withEmbedding),
      'embeddings.docs.embed.pool: endpoint "vectors" has "api: responses", which does not embed; leave api out',
    ],
    [
      'the name of a step',
      changed('docs.embed:', 'greet:', withEmbedding),
      'embeddings.greet: there is a step of this name already',
    ],
    [
      'a call longer than all of it',
      of('{ pool: embedding, dimensions: 256, timeouts: { step: 10s } }'),
      'embeddings.docs.embed.timeouts.call: expected at most the step timeout (10s), received 60s',
    ],
    [
      'a prompt',
      of('{ pool: embedding, dimensions: 256, prompt: greet@1 }'),
      'embeddings.docs.embed: unknown key "prompt"',
    ],
  ])('%s is refused with its place', (_, text, problem) => {
    expect(problemsIn(text)).toContainEqual(expect.stringContaining(problem));
  });

  test('one whose pool has no usable endpoint is left out with a warning', () => {
    const text = changed(
      '    apiKeyEnv: EAST_KEY\n    limits: { rpm: 60 }\n    price: { input: 0.02',
      '    apiKeyEnv: NO_KEY\n    optional: true\n    limits: { rpm: 60 }\n    price: { input: 0.02',
      withEmbedding,
    );
    const settings = loadText(text, keys);
    expect(settings.embeddings).toEqual({});
    expect(settings.warnings).toContainEqual(
      expect.stringContaining('embeddings.docs.embed: left out: no endpoint of pool "embedding" can be used'),
    );
  });
});
