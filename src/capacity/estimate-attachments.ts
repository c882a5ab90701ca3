/**
 * Input tokens of images and PDFs, as each provider documents them; where it says less, the larger reading. What cannot
 * be read costs the most that one of its kind can.
 *
 * - OpenAI, Azure (developers.openai.com/api/docs/guides/images-vision, Calculating costs, `detail: auto`): older models
 *   cover the image, scaled to fit 2,048 px and 768 px on its shorter side, with tiles of 512 px; the others cover it,
 *   scaled to fit their longest edge and their budget, with patches of 32 px and multiply.
 * - Anthropic (platform.claude.com/docs/en/build-with-claude/vision, Resolution and token cost): patches of 28 px, scaled
 *   to fit 2,576 px and 4,784 patches, before Claude 4.7 1,568 of each. With tools it adds a system prompt of its own
 *   (agents-and-tools/tool-use/overview, Pricing): up to 675 tokens.
 * - Gemini (ai.google.dev/gemini-api/docs/media-resolution, Token counts): 1,120 for any image and 560 for a page from
 *   Gemini 3 on; before, 258 for each tile of 768 px, at most about 2,304, and 258 for a page.
 * - Servers of one's own: patches of 28 px without scaling, at most 16,384, as Qwen's models do, the finest in use.
 *
 * A page of a PDF costs its image and its text, all say; how large the image is, only Gemini does. Assumed is a letter
 * at 200 dots per inch, and the 3,000 tokens of text that Anthropic gives for a dense page (build-with-claude/pdf-support).
 */
import type { Attachment, ModelRequest } from '../contracts/model';
import type { EndpointSettings } from '../contracts/settings';
import { readImageSize } from './image-size';
import type { ImageSize } from './image-size';
import { countPdfPages } from './pdf-pages';

/** What counts of an attachment: read once, whichever models it could go to. */
export type Measured =
  { readonly kind: 'image'; readonly size?: ImageSize } | { readonly kind: 'pdf'; readonly pages: number };

/** Up to some tens of milliseconds for a PDF of 32 MB, nothing to speak of for an image. */
export function measureAttachments({ messages }: ModelRequest): readonly Measured[] {
  return messages.flatMap((message) => (message.role === 'user' ? (message.attachments ?? []) : [])).map(measure);
}

function measure(attachment: Attachment): Measured {
  if (attachment.kind === 'pdf') return { kind: 'pdf', pages: countPdfPages(attachment.data) };
  const size = readImageSize(attachment.data);
  return { kind: 'image', ...(size === undefined ? {} : { size }) };
}

export function attachmentTokens(measured: readonly Measured[], endpoint: Model): number {
  if (measured.length === 0) return 0;
  const rule = ruleOf(endpoint);
  return measured.reduce((sum, each) => sum + tokensPerAttachment + tokensOf(each, rule), 0);
}

/** What a provider adds to a request with tools, beside their definitions. */
export function toolPromptTokens({ limitProfile }: Model): number {
  return limitProfile === 'anthropic' ? 675 : 0;
}

type Model = Pick<EndpointSettings, 'model' | 'limitProfile'>;

interface ImageRule {
  ofImage(size: ImageSize): number;
  /** The most one image can cost. */
  readonly cap: number;
  /** The image of one page of a PDF, where the provider says it. */
  readonly page?: number;
}

/** Markers around it, and its name. */
const tokensPerAttachment = 10;
const textTokensPerPage = 3_000;
const pageImage: ImageSize = { width: 1_700, height: 2_200 };

function tokensOf(measured: Measured, { ofImage, cap, page }: ImageRule): number {
  const imageOf = (size: ImageSize | undefined): number => (size === undefined ? cap : Math.min(cap, ofImage(size)));
  if (measured.kind === 'image') return imageOf(measured.size);
  return measured.pages * ((page ?? imageOf(pageImage)) + textTokensPerPage);
}

function ruleOf({ model, limitProfile }: Model): ImageRule {
  switch (limitProfile) {
    case 'openai':
    case 'azure':
      return openAiRules.find(([models]) => models.test(model))?.[1] ?? newestOpenAi;
    case 'anthropic':
      return standardClaude.test(model) ? patches(28, 1_568, 1_568) : patches(28, 2_576, 4_784);
    case 'gemini':
      return geminiBefore3.test(model) ? geminiTiles : { ofImage: () => 1_120, cap: 1_120, page: 560 };
    case 'selfHosted':
      return patches(28, Infinity, 16_384);
  }
}

/** Claude before 4.7. */
const standardClaude = /^claude-(?:[23]|(?:opus|sonnet|haiku)-(?:3|4(?:-[0-6])?(?:-\d{8})?$))/;
const geminiBefore3 = /^gemini-[12]/;

const geminiTiles: ImageRule = {
  ofImage: ({ width, height }) => 258 * Math.ceil(width / 768) * Math.ceil(height / 768),
  cap: 2_304,
  page: 258,
};

/** The first row that fits. Models that nobody has heard of are taken for the newest, which scale nothing down. */
const openAiRules: readonly (readonly [models: RegExp, rule: ImageRule])[] = [
  [/^gpt-4o-mini/, tiles(2_833, 5_667)],
  [/^(?:gpt-4o|chatgpt-4o|gpt-4-turbo|gpt-4\.1(?!-mini|-nano))/, tiles(85, 170)],
  [/^o[13](?!-mini)/, tiles(75, 150)],
  [/^gpt-5(?:\.1)?(?:$|-\d|-chat|-pro|-codex(?!-mini))/, tiles(70, 140)],
  [/^gpt-4\.1-mini/, multiplied(1.62, patches(32, 2_048, 6_144))],
  [/^gpt-4\.1-nano/, multiplied(2.46, patches(32, 2_048, 6_144))],
  [/^o4-mini/, multiplied(1.72, patches(32, 2_048, 6_144))],
  [/^gpt-5-nano/, multiplied(1.5, patches(32, 2_048, 6_144))],
  [/^gpt-5(?:-mini|-codex-mini|\.1-codex-mini|\.2|\.3)/, multiplied(1.2, patches(32, 2_048, 6_144))],
  [/^gpt-5\.4/, multiplied(1.2, patches(32, 2_048, 2_500))],
  [/^gpt-5\.5/, multiplied(1.2, patches(32, 6_000, 10_000))],
];
const newestOpenAi = multiplied(1.2, patches(32, 65_535, 30_000));

/** An image over the budget is scaled down until it fits, so the budget bounds it. */
function patches(patchPx: number, longestPx: number, budget: number): ImageRule {
  const ofImage = (size: ImageSize): number => {
    const { width, height } = scaled(size, longestPx / Math.max(size.width, size.height));
    return Math.min(budget, Math.ceil(width / patchPx) * Math.ceil(height / patchPx));
  };
  return { ofImage, cap: budget };
}

function multiplied(by: number, { ofImage, cap }: ImageRule): ImageRule {
  return { ofImage: (size) => Math.ceil(ofImage(size) * by), cap: Math.ceil(cap * by) };
}

function tiles(base: number, perTile: number): ImageRule {
  const ofImage = (size: ImageSize): number => {
    const fitted = scaled(size, 2_048 / Math.max(size.width, size.height));
    const { width, height } = scaled(fitted, 768 / Math.min(fitted.width, fitted.height));
    return base + perTile * Math.ceil(width / 512) * Math.ceil(height / 512);
  };
  // 2,048 × 768 px.
  return { ofImage, cap: base + perTile * 8 };
}

/** Never larger; whole pixels. */
function scaled({ width, height }: ImageSize, by: number): ImageSize {
  if (by >= 1) return { width, height };
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}
