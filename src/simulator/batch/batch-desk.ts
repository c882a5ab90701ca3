/** The batches and files of one endpoint, which here is an account of its own. */
import { BatchJob } from './batch-job';
import type { JobOptions } from './batch-job';

export interface StoredFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: string;
  readonly createdAtMs: number;
  readonly content: Buffer;
}

export class BatchDesk {
  readonly files = new Map<string, StoredFile>();
  private readonly jobs = new Map<string, BatchJob>();

  open(options: JobOptions): BatchJob {
    const job = new BatchJob(options);
    this.jobs.set(options.id, job);
    return job;
  }

  get(id: string): BatchJob | undefined {
    return this.jobs.get(id);
  }

  /** Latest first, as both providers list them. */
  list(): BatchJob[] {
    return [...this.jobs.values()].reverse();
  }

  delete(id: string): void {
    this.jobs.delete(id);
  }

  /** In batches that are not over. */
  get enqueued(): { readonly tokens: number; readonly requests: number } {
    const open = [...this.jobs.values()].filter((job) => !job.isOver && job.options.errors.length === 0);
    return {
      tokens: open.reduce(
        (sum, { options }) => sum + options.items.reduce((all, item) => all + item.inputTokens, 0),
        0,
      ),
      requests: open.reduce((sum, job) => sum + job.processing, 0),
    };
  }

  /** The page after the entry with the id `after`. */
  page(query: URLSearchParams, after: string): { readonly jobs: BatchJob[]; readonly hasMore: boolean } {
    const all = this.list();
    const from = query.has(after) ? all.findIndex((job) => job.options.id === query.get(after)) + 1 : 0;
    const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 20) || 20));
    return { jobs: all.slice(from, from + limit), hasMore: from + limit < all.length };
  }
}
