/**
 * Any name as a part of a Redis key: different names give different parts, and none contains a colon, a brace or white
 * space, so that no tenant reaches another's keys or another's slot. Lone surrogates count as what they are.
 */
export function keyPart(name: string): string {
  return encodeURIComponent(JSON.stringify(name).slice(1, -1));
}
