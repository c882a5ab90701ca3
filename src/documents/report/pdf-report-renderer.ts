import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { HoldfastError } from '../../errors';
import type { ReportRenderer } from '../report-renderer';
import { renderInThread } from './render-in-thread';
import { renderPdf } from './render-pdf';
import { writeAtomically } from './write-atomically';

/**
 * Renders reports as PDF 1.7 on A4 with embedded fonts, bookmarks, links and metadata. Nothing is fetched, and nothing
 * but the draft and the footer goes in: the same two give the same bytes. Throws `Pipeline.InvalidInput` for a path
 * that is not absolute or a date that is none.
 */
export function createPdfReportRenderer(): ReportRenderer {
  // Run from its TypeScript sources (tests), there is nothing a new thread could load.
  const render = __filename.endsWith('.ts') ? renderPdf : renderInThread;
  return {
    async render(draft, path, footer) {
      if (!isAbsolute(path)) throw refused(`the report's path must be absolute, received ${JSON.stringify(path)}`);
      const date = new Date(footer.date);
      if (Number.isNaN(date.getTime())) {
        throw refused(`the report's date must be ISO 8601, received ${JSON.stringify(footer.date)}`);
      }
      const { bytes, pages } = await render({ draft, runId: footer.runId, date });
      await writeAtomically(path, bytes);
      return { path, pages, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    },
  };
}

function refused(message: string): HoldfastError {
  return new HoldfastError('Pipeline.InvalidInput', message);
}
