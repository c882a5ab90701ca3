/** Whether what stands in Redis is what was written there. Fields that came later are optional, unknown ones are let be. */
import type { BatchFailure, BatchQuestion } from '../contracts/batch';
import type { Attempt } from '../contracts/step';
import type { CachedAnswer } from './answer-cache';
import type { BatchRecord } from './batch-board';
import type { JournalEntry, ResumableEntry } from './journal';

type Fields = Readonly<Record<string, unknown>>;

export function isJournalEntry(value: unknown): value is JournalEntry {
  return (
    isFields(value) &&
    haveType(value, 'string', ['text', 'finishReason', 'endpoint', 'model']) &&
    haveType(value, 'number', ['costUsd']) &&
    isUsage(value['usage']) &&
    isAttempt(value['attempt']) &&
    (value['toolCalls'] === undefined || (Array.isArray(value['toolCalls']) && value['toolCalls'].every(isToolCall))) &&
    (value['carried'] === undefined ||
      (isFields(value['carried']) && haveType(value['carried'], 'string', ['provider'])))
  );
}

export function isAttempt(value: unknown): value is Attempt {
  return (
    isFields(value) &&
    haveType(value, 'number', ['tier', 'attempt', 'hop']) &&
    haveType(value, 'string', ['endpoint', 'outcome']) &&
    (value['usage'] === undefined || isUsage(value['usage']))
  );
}

export function isResumableEntry(value: unknown): value is ResumableEntry {
  return (
    isFields(value) &&
    haveType(value, 'string', ['endpoint', 'responseId']) &&
    haveType(value, 'number', ['attempt', 'hop'])
  );
}

export function isBatchQuestion(value: unknown): value is BatchQuestion {
  return (
    isFields(value) &&
    isFields(value['id']) &&
    isFields(value['request']) &&
    haveType(value, 'string', ['journalKey', 'tenant', 'waiter'])
  );
}

export function isBatchFailure(value: unknown): value is BatchFailure {
  return isFields(value) && isFields(value['details']) && haveType(value, 'string', ['type', 'message']);
}

export function isBatchRecord(value: unknown): value is BatchRecord {
  return (
    isFields(value) &&
    haveType(value, 'string', ['state']) &&
    haveType(value, 'number', ['again']) &&
    Array.isArray(value['not']) &&
    Array.isArray(value['refusedBy'])
  );
}

export function isCachedAnswer(value: unknown): value is Omit<CachedAnswer, 'storedAtMs'> {
  return isFields(value) && Object.hasOwn(value, 'value') && haveType(value, 'string', ['model', 'endpoint']);
}

function isUsage(value: unknown): boolean {
  return isFields(value) && haveType(value, 'number', ['inputTokens', 'outputTokens']);
}

function isToolCall(value: unknown): boolean {
  return isFields(value) && haveType(value, 'string', ['id', 'name']) && isFields(value['arguments']);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function haveType(fields: Fields, type: 'string' | 'number', names: readonly string[]): boolean {
  return names.every((name) => typeof fields[name] === type);
}
