import type { ItemOutcome } from '../../contracts/each';
import type { DocumentInput, DocumentResult, ExtractionReport } from '../../contracts/pipelines/document-extraction';

/** @param outcomes - in the order of the documents */
export function reportOf(
  documents: readonly DocumentInput[],
  outcomes: readonly ItemOutcome<DocumentResult>[],
): ExtractionReport {
  const results = outcomes.map((outcome, index): DocumentResult => {
    if (outcome.ok) return outcome.value;
    const { type, message } = outcome.failure;
    return { id: documents[index]?.id ?? '', status: 'failed', failure: { type, message } };
  });
  return {
    documents: results,
    extracted: results.filter(({ status }) => status === 'extracted').length,
    manual: results.filter(isManual).length,
    costUsd: results.reduce((sum, result) => sum + (result.status === 'failed' ? 0 : result.costUsd), 0),
  };
}

/** Somebody had to look at it, or still has to. */
function isManual(result: DocumentResult): boolean {
  return result.status !== 'extracted' || result.review !== undefined || result.readByPerson === true;
}
