/** What a backend imports: the client, its types and its errors. Workers and workflow code have entries of their own. */
export * from './client';
export type { ResearchInput, ResearchReport } from './contracts/pipelines/research-report';
export { defineApp } from './contracts/app';
export type { AppPipeline, HoldfastApp, SchemaDefinition } from './contracts/app';
export type { StepResult } from './contracts/step';
