import { utf8BytesOf } from '../../contracts/size-limits';

/** The texts in their order, as many a batch as both limits let be: the same texts give the same batches. */
export function batchTexts(
  texts: readonly string[],
  most: { readonly texts: number; readonly bytes: number },
): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let batch: string[] = [];
  let bytes = 0;
  for (const text of texts) {
    const size = utf8BytesOf(text);
    if (batch.length > 0 && (batch.length === most.texts || bytes + size > most.bytes)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(text);
    bytes += size;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
