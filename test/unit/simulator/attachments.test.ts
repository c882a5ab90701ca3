import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import { startTestSimulator } from './harness';
import type { TestSimulator } from './harness';

const image = Buffer.alloc(1_024, 1).toString('base64');
const pdf = Buffer.from('%PDF-1.7 '.repeat(64)).toString('base64');
const text = 'What is this?';
const imageTokens = 85 + 2;
const pdfTokens = 250 + 9;

interface Said {
  readonly text: string;
  readonly inputTokens: number;
}

/** The question with both files, and without. */
type Ask = (simulator: TestSimulator, hasFiles: boolean) => Promise<Said>;

const asks: Readonly<Record<string, Ask>> = {
  'Chat Completions': async ({ openai }, hasFiles) => {
    const files: OpenAI.ChatCompletionContentPart[] = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } },
      { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` } },
    ];
    const content = [{ type: 'text' as const, text }, ...(hasFiles ? files : [])];
    const answer = await openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content }] });
    return { text: answer.choices[0]?.message.content ?? '', inputTokens: answer.usage?.prompt_tokens ?? 0 };
  },
  Responses: async ({ openai }, hasFiles) => {
    const files: OpenAI.Responses.ResponseInputContent[] = [
      { type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${image}` },
      { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf}` },
    ];
    const content = [{ type: 'input_text' as const, text }, ...(hasFiles ? files : [])];
    const answer = await openai.responses.create({ model: 'gpt-5', input: [{ role: 'user', content }] });
    return { text: answer.output_text, inputTokens: answer.usage?.input_tokens ?? 0 };
  },
  Messages: async ({ anthropic }, hasFiles) => {
    const files: Anthropic.ContentBlockParam[] = [
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } },
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: pdf } },
    ];
    const content: Anthropic.ContentBlockParam[] = [{ type: 'text', text }, ...(hasFiles ? files : [])];
    const answer = await anthropic.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 500,
      messages: [{ role: 'user', content }],
    });
    return { text: JSON.stringify(answer.content), inputTokens: answer.usage.input_tokens };
  },
  generateContent: async ({ gemini }, hasFiles) => {
    const files = [
      { inlineData: { mimeType: 'image/png', data: image } },
      { inlineData: { mimeType: 'application/pdf', data: pdf } },
    ];
    const parts = [{ text }, ...(hasFiles ? files : [])];
    const answer = await gemini.models.generateContent({
      model: 'gemini-3-flash',
      contents: [{ role: 'user', parts }],
    });
    return { text: answer.text ?? '', inputTokens: answer.usageMetadata?.promptTokenCount ?? 0 };
  },
};

describe('files in a request', () => {
  test.each(Object.entries(asks))('%s counts them as tokens and mentions them', async (_name, ask) => {
    const simulator = await startTestSimulator();
    const bare = await ask(simulator, false);
    const shown = await ask(simulator, true);
    expect(shown.inputTokens - bare.inputTokens).toBe(imageTokens + pdfTokens);
    expect(shown.text).toContain('The image is image/png of 1024 bytes.');
    expect(shown.text).toContain('The PDF has 576 bytes.');
    expect(bare.text).not.toContain('The image');
  });

  test.each([
    ['an image that is not in base64', { type: 'image_url', image_url: { url: 'data:image/png;base64,a?==' } }],
    ['an image of another type', { type: 'image_url', image_url: { url: `data:text/css;base64,${image}` } }],
    ['an image somewhere else', { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }],
    ['a file without a name', { type: 'file', file: { file_data: `data:application/pdf;base64,${pdf}` } }],
    ['a file that is no PDF', { type: 'file', file: { filename: 'a', file_data: `data:image/png;base64,${pdf}` } }],
    ['a part of another kind', { type: 'video', video: {} }],
  ])('Chat Completions refuse %s', async (_name, part) => {
    const { openai } = await startTestSimulator();
    const content = [part as OpenAI.ChatCompletionContentPart];
    const sent = openai.chat.completions.create({ model: 'gpt-5', messages: [{ role: 'user', content }] });
    await expect(sent).rejects.toMatchObject({ status: 400, param: 'messages.[0].content[0]'.concat(paramEnd(part)) });
  });

  test.each([
    ['an image that is not in base64', 'image', 'image/png', 'a?==', 'invalid base64 data'],
    ['an image of another type', 'image', 'text/css', image, "Input should be 'image/png'"],
    ['an image for a document', 'document', 'image/png', image, "Input should be 'application/pdf'"],
  ])('Messages refuse %s', async (_name, type, mediaType, data, message) => {
    const { anthropic } = await startTestSimulator();
    const block = { type, source: { type: 'base64', media_type: mediaType, data } } as Anthropic.ImageBlockParam;
    const sent = anthropic.messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 10,
      messages: [{ role: 'user', content: [block] }],
    });
    await expect(sent).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });
});

/** Where within the part the complaint points. */
function paramEnd(part: { type: string; file?: object }): string {
  return part.file !== undefined && 'filename' in part.file ? '.file_data' : '';
}
