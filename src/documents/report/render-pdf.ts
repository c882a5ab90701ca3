/** Draft to bytes. Takes some 30 ms of computing a page, at once: see render-in-thread.ts. */
import pdfmake from 'pdfmake';
import type { PdfMake } from 'pdfmake';
import type { Draft } from '../../contracts/pipelines/research-report';
import { fontFaces } from './fonts';
import { reportDocument } from './report-document';

export interface RenderInput {
  readonly draft: Draft;
  readonly runId: string;
  readonly date: Date;
}

export interface RenderOutput {
  readonly bytes: Uint8Array;
  readonly pages: number;
}

export async function renderPdf({ draft, runId, date }: RenderInput): Promise<RenderOutput> {
  let pages = 0;
  const definition = reportDocument(draft, { runId, date }, (count) => (pages = count));
  const bytes = await createEngine().createPdf(definition).getBuffer();
  return { bytes, pages };
}

/** An instance of our own: the package exports one for the whole process, and a pipeline may use it with other fonts. */
function createEngine(): PdfMake {
  const engine = new (pdfmake.constructor as new () => PdfMake)();
  const fontFiles = new Set(Object.values(fontFaces).flatMap((faces) => Object.values(faces)));
  engine.setFonts(fontFaces);
  engine.setLocalAccessPolicy((path) => fontFiles.has(path));
  engine.setUrlAccessPolicy(() => false);
  return engine;
}
