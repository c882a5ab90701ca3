import { attachmentTokens, measureAttachments, toolPromptTokens } from '../../../src/capacity/estimate-attachments';
import type { LimitProfileName } from '../../../src/contracts/settings';

const marker = 10;
const imageTokens = (limitProfile: LimitProfileName, model: string, size?: { width: number; height: number }): number =>
  attachmentTokens([{ kind: 'image', ...(size && { size }) }], { limitProfile, model }) - marker;

describe('attachmentTokens of an image', () => {
  // The first seven are worked examples of the providers' own pages; the others follow their rules.
  test.each<[LimitProfileName, string, number, number, number]>([
    ['openai', 'gpt-4o', 1024, 1024, 765],
    ['openai', 'gpt-4o', 2048, 4096, 1105],
    ['openai', 'gpt-5.4', 1024, 1024, 1229],
    ['openai', 'gpt-5.4', 2048, 2048, 3000],
    ['anthropic', 'claude-opus-4-8', 1000, 1000, 1296],
    ['anthropic', 'claude-opus-4-8', 1075, 1520, 2145],
    ['gemini', 'gemini-3-pro-preview', 4000, 3000, 1120],
    ['openai', 'gpt-5', 1024, 1024, 70 + 4 * 140],
    ['openai', 'gpt-5-2025-08-07', 100, 100, 70 + 140],
    ['azure', 'gpt-5.1', 1024, 1024, 70 + 4 * 140],
    ['azure', 'gpt-4.1', 1024, 1024, 765],
    ['azure', 'gpt-4o-mini', 1024, 1024, 2833 + 4 * 5667],
    ['openai', 'o3', 1024, 1024, 75 + 4 * 150],
    ['openai', 'gpt-4.1-mini', 1024, 1024, 1659],
    ['openai', 'gpt-5-mini', 1024, 1024, 1229],
    ['openai', 'gpt-5-nano', 1024, 1024, 1536],
    ['openai', 'gpt-5.2', 9000, 9000, 4916],
    ['openai', 'gpt-5.5', 9000, 9000, 12_000],
    ['openai', 'gpt-6-luna', 3200, 3200, 12_000],
    ['openai', 'gpt-6-luna', 60_000, 60_000, 36_000],
    ['anthropic', 'claude-sonnet-4-6', 8000, 8000, 1568],
    ['anthropic', 'claude-3-5-haiku-20241022', 8000, 8000, 1568],
    ['anthropic', 'claude-opus-4-7', 8000, 8000, 4784],
    ['anthropic', 'claude-sonnet-5', 8000, 100, 92 * 2],
    ['gemini', 'gemini-2.5-flash', 300, 300, 258],
    ['gemini', 'gemini-2.5-flash', 1000, 700, 516],
    ['gemini', 'gemini-2.5-flash', 9000, 9000, 2304],
    ['selfHosted', 'qwen3-vl', 1000, 1000, 1296],
    ['selfHosted', 'qwen3-vl', 9000, 9000, 16_384],
  ])('%s, %s, %i × %i', (limitProfile, model, width, height, tokens) => {
    expect(imageTokens(limitProfile, model, { width, height })).toBe(tokens);
    expect(imageTokens(limitProfile, model, { width: height, height: width })).toBe(tokens);
  });

  test.each<[LimitProfileName, string, number]>([
    ['openai', 'gpt-4o', 85 + 8 * 170],
    ['openai', 'gpt-6-luna', 36_000],
    ['anthropic', 'claude-opus-4-5', 1568],
    ['anthropic', 'claude-sonnet-5', 4784],
    ['gemini', 'gemini-3-flash', 1120],
    ['selfHosted', 'llava', 16_384],
  ])('of unknown size costs what the largest does: %s, %s', (limitProfile, model, tokens) => {
    expect(imageTokens(limitProfile, model)).toBe(tokens);
    expect(imageTokens(limitProfile, model, { width: 65_000, height: 65_000 })).toBeLessThanOrEqual(tokens);
    expect(imageTokens(limitProfile, model, { width: 65_000, height: 24_600 })).toBeLessThanOrEqual(tokens);
  });
});

describe('attachmentTokens of a PDF', () => {
  test.each<[LimitProfileName, string, number]>([
    ['openai', 'gpt-4o', 765 + 3_000],
    ['openai', 'gpt-6-luna', 4_472 + 3_000],
    ['anthropic', 'claude-sonnet-4-5', 1_568 + 3_000],
    ['anthropic', 'claude-sonnet-5', 4_784 + 3_000],
    ['gemini', 'gemini-3-pro', 560 + 3_000],
    ['gemini', 'gemini-2.5-pro', 258 + 3_000],
  ])('is the image and the text of each page: %s, %s', (limitProfile, model, perPage) => {
    expect(attachmentTokens([{ kind: 'pdf', pages: 7 }], { limitProfile, model })).toBe(7 * perPage + marker);
  });
});

describe('measureAttachments', () => {
  test('reads those of every message, in order', () => {
    const gif = Buffer.from('GIF89a\x02\0\x03\0', 'latin1').toString('base64');
    const pdf = Buffer.from('/Type /Page /Type /Page').toString('base64');
    const parameters = { maxOutputTokens: 1 };
    const measured = measureAttachments({
      model: 'm',
      parameters,
      messages: [
        { role: 'user', content: '', attachments: [{ kind: 'pdf', name: 'a.pdf', data: pdf }] },
        { role: 'assistant', content: '' },
        {
          role: 'user',
          content: '',
          attachments: [
            { kind: 'image', mediaType: 'image/gif', data: gif },
            { kind: 'image', mediaType: 'image/png', data: '%%' },
          ],
        },
      ],
    });
    expect(measured).toEqual([
      { kind: 'pdf', pages: 2 },
      { kind: 'image', size: { width: 2, height: 3 } },
      { kind: 'image' },
    ]);
  });

  test('without any there is nothing to pay', () => {
    expect(attachmentTokens([], { limitProfile: 'openai', model: 'gpt-4o' })).toBe(0);
  });
});

describe('toolPromptTokens', () => {
  test('only Anthropic says that it adds a prompt', () => {
    expect(toolPromptTokens({ limitProfile: 'anthropic', model: 'claude-sonnet-5' })).toBe(675);
    expect(toolPromptTokens({ limitProfile: 'openai', model: 'gpt-5' })).toBe(0);
  });
});
