/** Requests that both of OpenAI's interfaces have to say in their words. */
import type { Attachment, ModelRequest, ToolDefinition } from '../../../../src/contracts/model';

export const modelRequest: ModelRequest = {
  model: 'gpt-4.1',
  system: 'Be brief.',
  messages: [
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Two.' },
    { role: 'user', content: 'Three?' },
  ],
  parameters: { maxOutputTokens: 500, temperature: 0.2, seed: 7 },
};

export const strictSchema = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
};

export const png: Attachment = { kind: 'image', mediaType: 'image/png', data: 'aW1n' };
export const pdf: Attachment = { kind: 'pdf', name: 'plan.pdf', data: 'cGRm' };

export const tools: readonly ToolDefinition[] = [
  { name: 'search', description: 'Searches.', inputSchema: strictSchema },
  { name: 'count', description: 'Counts.', inputSchema: { type: 'object' } },
];

export const toolRequest: ModelRequest = {
  ...modelRequest,
  tools,
  messages: [
    { role: 'user', content: 'Look it up.' },
    {
      role: 'assistant',
      content: 'I look.',
      toolCalls: [
        { id: 'call_1', name: 'search', arguments: { a: 'x' } },
        { id: 'call_2', name: 'count', arguments: {} },
      ],
    },
    { role: 'tool', toolCallId: 'call_1', name: 'search', content: 'Found.' },
    { role: 'tool', toolCallId: 'call_2', name: 'count', content: 'no such thing', isError: true },
  ],
};
