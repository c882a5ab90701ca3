/** Errors with a status: the tables of all providers. Source of the bodies: each provider's own reference of errors. */
import type { ConformanceCase } from '../case';
import { anthropicErrors } from './errors/anthropic';
import { azureErrors } from './errors/azure';
import { bareStatusCases } from './errors/bare';
import { geminiErrors } from './errors/gemini';
import { compatibleErrors, openAiErrors } from './errors/openai';
import { ownStatusCases } from './errors/own';

export const statusCases: readonly ConformanceCase[] = [
  ...bareStatusCases,
  ...ownStatusCases,
  ...openAiErrors,
  ...azureErrors,
  ...compatibleErrors,
  ...anthropicErrors,
  ...geminiErrors,
];
