import { HoldfastError } from '../../errors/holdfast-error';
import { bulkPreferences } from './bulk-classify';
import type { BulkClassifyInput, BulkItem } from './bulk-classify';
import type { PipelineContract } from './contract';

const bounds = { id: 100, text: 20_000, intent: 100, source: 300, items: 5_000, concurrency: 1_000 } as const;
const fields = ['source', 'items', 'prefer', 'concurrency', 'tolerate'];

export const bulkClassifyContract: PipelineContract<BulkClassifyInput> = {
  name: 'bulkClassify',
  description: 'thousands of questions to a bank → their intents, in the batch lane or by a provider batch',
  parseInput: parseBulkInput,
  exampleInput: { source: 'banking77/questions.jsonl' },
  // Of the example input with the simulator; the 77 names of the schema are most of it.
  typicalCalls: [{ step: 'bulk.classify', calls: 2_002, inputTokens: 950, outputTokens: 25, seconds: 0.5 }],
};

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseBulkInput(value: unknown): BulkClassifyInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('input', 'an object such as {"source": "banking77/questions.jsonl"}', value);
  }
  const { source, items, prefer, concurrency, tolerate } = value as Record<string, unknown>;
  const unknownField = Object.keys(value).find((key) => !fields.includes(key));
  if (unknownField !== undefined) {
    throw invalid(unknownField, `no field of this name (known: ${fields.join(', ')})`, undefined);
  }
  if ((source === undefined) === (items === undefined)) throw invalid('source', 'either source or items', source);
  if (source !== undefined && !isText(source, bounds.source)) {
    throw invalid('source', "the path of a JSONL file below the worker's document folder", source);
  }
  if (items !== undefined) checkItems(items);
  if (prefer !== undefined && !bulkPreferences.some((known) => known === prefer)) {
    throw invalid('prefer', bulkPreferences.join(' or '), prefer);
  }
  if (concurrency !== undefined && !isCount(concurrency)) {
    throw invalid('concurrency', `a whole number from 1 to ${bounds.concurrency}`, concurrency);
  }
  if (tolerate !== undefined && !isTolerance(tolerate)) {
    throw invalid('tolerate', "a whole number or a share such as '5%'", tolerate);
  }
  return value;
}

/** What is wrong with an item, e.g. `text: expected text of 1 to 20000 characters, received nothing`; undefined for a good one. */
export function itemProblemOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return `expected an object such as {"id": "q1", "text": "…"}, received ${shown(item)}`;
  }
  const { id, text, intent } = item as Partial<Record<keyof BulkItem, unknown>>;
  if (!isText(id, bounds.id)) return `id: expected text of 1 to ${bounds.id} characters, received ${shown(id)}`;
  if (!isText(text, bounds.text) || text.trim() === '') {
    return `text: expected text of 1 to ${bounds.text} characters, received ${shown(text)}`;
  }
  if (intent !== undefined && !isText(intent, bounds.intent)) {
    return `intent: expected text of 1 to ${bounds.intent} characters, received ${shown(intent)}`;
  }
  return undefined;
}

function checkItems(items: unknown): void {
  if (!Array.isArray(items) || items.length > bounds.items) {
    const what = Array.isArray(items) ? `${items.length} items` : items;
    throw invalid('items', `a list of at most ${bounds.items} items; a longer one goes into a file, as source`, what);
  }
  const places = new Map<string, number>();
  for (const [index, item] of (items as unknown[]).entries()) {
    const problem = itemProblemOf(item);
    if (problem !== undefined) throw refused(`items[${index}]`, problem);
    const { id } = item as BulkItem;
    const earlier = places.get(id);
    if (earlier !== undefined) throw refused(`items[${index}]`, `id: ${shown(id)} is that of items[${earlier}] too`);
    places.set(id, index);
  }
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= most;
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= bounds.concurrency;
}

function isTolerance(value: unknown): boolean {
  if (typeof value === 'string') return /^\d{1,3}(\.\d{1,6})?%$/.test(value) && Number.parseFloat(value) <= 100;
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

/** A value of some megabytes must not become a message of some megabytes. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string' && value.length > 80) return `text of ${value.length} characters`;
  return String(JSON.stringify(value)).slice(0, 80);
}

function invalid(field: string, expected: string, received: unknown): HoldfastError {
  return refused(field, `expected ${expected}, received ${shown(received)}`);
}

function refused(field: string, problem: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', `bulkClassify: ${field}: ${problem}`, { field });
}
