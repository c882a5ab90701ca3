/** What the worker builds from this folder. */
export { assessExtraction } from './extraction/assess';
export { parseDocument } from './extraction/parse-document';
export { createItemSource } from './items/jsonl-item-source';
export { createResultFiles } from './items/jsonl-result-files';
export { createPdfReportRenderer } from './report/pdf-report-renderer';
export { pathOfDocument } from './sources/document-folder';
export { createSourceReader } from './sources/text-source-reader';
export type { SourceReaderOptions } from './sources/text-source-reader';
