/** Answers written in the config: `{{name}}` in a text is a variable of the step. */
import type { JsonObject, JsonValue } from './json';

const placeholder = /\{\{([A-Za-z][A-Za-z0-9_]*)\}\}/g;
const whole = /^\{\{([A-Za-z][A-Za-z0-9_]*)\}\}$/;

/** Names of the variables an answer needs. */
export function variablesOfAnswer(answer: JsonValue): string[] {
  const found = new Set<string>();
  walk(answer, (text) => {
    for (const [, name = ''] of text.matchAll(placeholder)) found.add(name);
    return text;
  });
  return [...found];
}

/**
 * A text that is nothing but one placeholder becomes the variable's value, whatever its type; in a longer one, text
 * stands as it is and anything else as JSON. A variable that is missing stays as it is written.
 */
export function fillAnswer(answer: JsonValue, variables: JsonObject): JsonValue {
  return walk(answer, (text) => {
    const only = whole.exec(text)?.[1];
    if (only !== undefined && Object.hasOwn(variables, only)) return variables[only] ?? null;
    return text.replaceAll(placeholder, (written, name: string) =>
      Object.hasOwn(variables, name) ? textOf(variables[name] ?? null) : written,
    );
  });
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function walk(value: JsonValue, change: (text: string) => JsonValue): JsonValue {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item: JsonValue) => walk(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member ?? null, change)]));
}
