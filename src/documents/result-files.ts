/** Writes the results of a list, part by part, into one file. */
import type { JsonValue } from '../contracts/json';
import type { ResultFile, ResultPart } from '../contracts/pipelines/bulk-classify';

export interface ResultFiles {
  /**
   * Doing it again overwrites the part with the same bytes.
   *
   * @param key - names the file: the same for all parts, and no other run's
   * @param part - 0 first
   */
  writePart(key: string, part: number, lines: readonly JsonValue[]): Promise<ResultPart>;
  /**
   * Makes the file of its parts, which are gone then; doing it again finds it. Throws `Config.Invalid` when a part is not
   * there: the workers that wrote them do not share one output folder.
   */
  join(key: string, parts: readonly ResultPart[]): Promise<ResultFile>;
}
