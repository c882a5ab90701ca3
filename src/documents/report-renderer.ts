/** Renders a finished report. */
import type { Draft, RenderedPdf } from '../contracts/pipelines/research-report';

export interface ReportRenderer {
  /**
   * Writes the PDF to `path` (absolute) atomically: a reader sees the whole file or none.
   * The same draft gives the same bytes, so that doing it again after a crash is harmless.
   */
  render(draft: Draft, path: string, footer: { runId: string; date: string }): Promise<RenderedPdf>;
}
