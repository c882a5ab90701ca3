/** Length of a value as JSON; 0 for what JSON leaves out. */
export function jsonCharactersOf(value: unknown): number {
  return (JSON.stringify(value) as string | undefined)?.length ?? 0;
}
