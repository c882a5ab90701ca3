/** The same request as a step's, through the same SDK, streamed as well: nothing reserved, journaled or counted. */
import OpenAI from 'openai';
import { Context } from '@temporalio/activity';

export interface BareActivities {
  bareCall(input: { endpoint: string; topic: string }): Promise<string>;
}

export function createBareActivities(environment: NodeJS.ProcessEnv): BareActivities {
  const clients = new Map<string, OpenAI>();
  const clientOf = (endpoint: string): OpenAI => {
    const known = clients.get(endpoint);
    if (known !== undefined) return known;
    const baseURL = environment[`BENCH_${endpoint.toUpperCase()}_URL`];
    const client = new OpenAI({ apiKey: environment['BENCH_KEY'], baseURL, maxRetries: 0 });
    clients.set(endpoint, client);
    return client;
  };
  return {
    async bareCall({ endpoint, topic }) {
      const request = {
        model: 'gpt-4.1',
        messages: [
          { role: 'system' as const, content: 'You answer in one short sentence.' },
          { role: 'user' as const, content: `Say one thing about ${topic}.` },
        ],
        stream: true as const,
        stream_options: { include_usage: true },
        max_completion_tokens: 40,
        temperature: 0,
      };
      const { cancellationSignal } = Context.current();
      const stream = await clientOf(endpoint).chat.completions.create(request, { signal: cancellationSignal });
      let text = '';
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
      return text;
    },
  };
}
