/** The styles of limit headers, by the names they have in the config file. */
import { anthropicHeaders } from './anthropic';
import { azureHeaders } from './azure';
import type { LimitHeaders } from './limit-headers';
import { openAiHeaders } from './openai';

export const headerStyles = ['openai', 'azure', 'anthropic', 'none'] as const;
export type HeaderStyle = (typeof headerStyles)[number];

/** `none`: not even how long to wait (self-hosted models, Gemini). */
const noHeaders: LimitHeaders = { names: [], ofState: () => ({}), ofRetry: () => ({}) };

export const limitHeaders: Readonly<Record<HeaderStyle, LimitHeaders>> = {
  openai: openAiHeaders,
  azure: azureHeaders,
  anthropic: anthropicHeaders,
  none: noHeaders,
};
