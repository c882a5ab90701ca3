/** Extended thinking: how it is asked for, and the signature that its blocks carry from one request to the next. */
import { createHash } from 'node:crypto';
import { isRecord } from '../../read-input';
import type { InputRecord } from '../../read-input';
import { isEffort, tokensOfBudget, tokensOfEffort } from '../reasoning-tokens';
import { invalidRequest } from './errors';

export interface Thinking {
  /** Generated before the answer; 0 = it does not think. */
  readonly tokens: number;
  /** With a budget a turn that calls tools must begin with its thinking; when adaptive, it may have had none. */
  readonly isRequired: boolean;
  readonly isOmitted: boolean;
}

const leastBudget = 1_024;
const effortsHere = ['low', 'medium', 'high', 'xhigh', 'max'];

export function readThinking(body: InputRecord, maxTokens: number): Thinking {
  const effort = readEffort(body['output_config']);
  const thinking = body['thinking'];
  if (thinking === undefined) return { tokens: 0, isRequired: false, isOmitted: false };
  const config: InputRecord = isRecord(thinking) ? thinking : {};
  const isOmitted = config['display'] === 'omitted';
  if (config['type'] === 'disabled') return { tokens: 0, isRequired: false, isOmitted };
  if (config['type'] === 'adaptive') return { tokens: tokensOfEffort[effort], isRequired: false, isOmitted };
  if (config['type'] !== 'enabled') {
    throw invalidRequest(
      "thinking: Input tag does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'",
    );
  }
  const budget = config['budget_tokens'];
  if (typeof budget !== 'number' || budget < leastBudget) {
    throw invalidRequest(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${leastBudget}`);
  }
  if (budget >= maxTokens) throw invalidRequest('`max_tokens` must be greater than `thinking.budget_tokens`.');
  checkCompatible(body);
  return { tokens: tokensOfBudget(budget), isRequired: true, isOmitted };
}

function checkCompatible({ temperature, tool_choice: choice }: InputRecord): void {
  if (temperature !== undefined && temperature !== 1) {
    throw invalidRequest('`temperature` may only be set to 1 when thinking is enabled.');
  }
  const type: unknown = isRecord(choice) ? choice['type'] : undefined;
  if (type === 'any' || type === 'tool') {
    throw invalidRequest('Thinking may not be enabled when tool_choice forces tool use.');
  }
}

/** Default high. */
function readEffort(config: unknown): keyof typeof tokensOfEffort {
  const effort: unknown = isRecord(config) ? config['effort'] : undefined;
  if (effort === undefined || effort === null) return 'high';
  if (isEffort(effort) && effortsHere.includes(effort)) return effort;
  throw invalidRequest(`output_config.effort: Input should be ${effortsHere.map((one) => `'${one}'`).join(', ')}`);
}

/** Proves that this text was thought here. */
export function signatureOf(thinking: string): string {
  return createHash('sha256').update(`signature:${thinking}`).digest('base64');
}
