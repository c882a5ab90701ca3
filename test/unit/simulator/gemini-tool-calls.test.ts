import type { Content, GenerateContentResponse } from '@google/genai';
import { startTestSimulator } from './harness';
import { expectedArguments, parameters, question, tools } from './tools';

const geminiCall = {
  model: 'gemini-3-flash',
  config: { tools: [{ functionDeclarations: tools.map((tool) => ({ ...tool, parametersJsonSchema: parameters })) }] },
};

describe('tool calls in generateContent', () => {
  const user: Content = { role: 'user', parts: [{ text: question }] };
  const response: Content = {
    role: 'user',
    parts: [{ functionResponse: { name: 'get_weather', response: { output: 'clear' } } }],
  };
  const contentOf = (answer: GenerateContentResponse): Content => answer.candidates?.[0]?.content ?? {};

  test('a function is called with a signature, whole and streamed alike, and answered about', async () => {
    const { gemini } = await startTestSimulator();
    const whole = await gemini.models.generateContent({ ...geminiCall, contents: [user] });
    expect(whole.functionCalls).toEqual([{ name: 'get_weather', args: expectedArguments }]);
    expect(whole.candidates?.[0]?.finishReason).toBe('STOP');
    const streamed: Content[] = [];
    for await (const chunk of await gemini.models.generateContentStream({ ...geminiCall, contents: [user] })) {
      streamed.push(contentOf(chunk));
    }
    expect(streamed.flatMap((content) => content.parts ?? [])).toEqual(contentOf(whole).parts);
    const answer = await gemini.models.generateContent({ ...geminiCall, contents: [user, contentOf(whole), response] });
    expect(answer.text).toContain('The tool get_weather says');
  });

  test.each([
    ['gemini-3-flash', 400],
    ['gemini-2.5-flash', 200],
  ])('%s answers a call without its signature with %d', async (model, status) => {
    const { gemini } = await startTestSimulator({ gemini: { models: [model] } });
    const bare: Content = { role: 'model', parts: [{ functionCall: { name: 'get_weather', args: {} } }] };
    const sent = gemini.models.generateContent({ ...geminiCall, model, contents: [user, bare, response] }).then(
      () => 200,
      (error: { status: number; message: string }) => error,
    );
    if (status === 200) expect(await sent).toBe(200);
    else
      expect(await sent).toMatchObject({ status, message: expect.stringContaining('missing a `thought_signature`') });
  });

  test.each([
    ['of another call', 'c2lnbmF0dXJl', 'Corrupted thought signature'],
    ['missing its response', undefined, 'number of function response parts'],
  ])('refuses a signature or a turn that is %s', async (_name, thoughtSignature, message) => {
    const { gemini } = await startTestSimulator();
    const call = { functionCall: { name: 'get_weather', args: {} }, ...(thoughtSignature && { thoughtSignature }) };
    const contents = [user, { role: 'model', parts: [call] }, thoughtSignature === undefined ? user : response];
    const sent = gemini.models.generateContent({ ...geminiCall, contents });
    await expect(sent).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  test('calls of an earlier turn need none any more', async () => {
    const { gemini } = await startTestSimulator();
    const bare: Content = { role: 'model', parts: [{ functionCall: { name: 'get_weather', args: {} } }] };
    const contents = [user, bare, response, { role: 'model', parts: [{ text: 'Clear.' }] }, user];
    const answer = await gemini.models.generateContent({ ...geminiCall, contents });
    expect(answer.functionCalls).toHaveLength(1);
  });
});
