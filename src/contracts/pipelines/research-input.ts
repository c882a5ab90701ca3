import { HoldfastError } from '../../errors/holdfast-error';
import type { ResearchInput } from './research-report';

export const defaultSections = 5;
const bounds = { topic: { least: 3, most: 200 }, source: { most: 300 }, sections: { least: 1, most: 12 } } as const;
const fields = ['topic', 'source', 'sections'];

/** Checks an input that may have come from anywhere. Throws `Pipeline.InvalidInput` naming field and received value. */
export function parseResearchInput(value: unknown): ResearchInput {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid('input', 'an object such as {"topic": "…", "source": "books/….txt"}', value);
  }
  const { topic, source, sections } = value as Record<string, unknown>;
  const unknownField = Object.keys(value).find((key) => !fields.includes(key));
  if (unknownField !== undefined)
    throw invalid(unknownField, `no field of this name (known: ${fields.join(', ')})`, undefined);
  if (typeof topic !== 'string' || topic.trim().length < bounds.topic.least || topic.length > bounds.topic.most) {
    throw invalid('topic', `text of ${bounds.topic.least} to ${bounds.topic.most} characters`, topic);
  }
  if (typeof source !== 'string' || source === '' || source.length > bounds.source.most) {
    throw invalid('source', "the path of a text below the worker's document folder", source);
  }
  if (sections !== undefined && !isCount(sections)) {
    throw invalid('sections', `a whole number from ${bounds.sections.least} to ${bounds.sections.most}`, sections);
  }
  return { topic: topic.trim(), source, sections: sections ?? defaultSections };
}

function isCount(value: unknown): value is number {
  const { least, most } = bounds.sections;
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function invalid(field: string, expected: string, received: unknown): HoldfastError {
  const shown = received === undefined ? 'nothing' : JSON.stringify(received).slice(0, 80);
  return new HoldfastError(
    'Pipeline.InvalidInput',
    `researchReport: ${field}: expected ${expected}, received ${shown}`,
    { field },
  );
}
