/** What the worker builds from this folder. */
export { createPdfReportRenderer } from './report/pdf-report-renderer';
export { createSourceReader } from './sources/text-source-reader';
export type { SourceReaderOptions } from './sources/text-source-reader';
