/** What a rendering thread runs: one report, then it ends. A failure reaches the parent as the thread's error. */
import { parentPort, workerData } from 'node:worker_threads';
import { renderPdf } from './render-pdf';
import type { RenderInput } from './render-pdf';

void renderPdf(workerData as RenderInput).then((output) => parentPort?.postMessage(output));
