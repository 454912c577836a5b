import { AppError } from '../runtime/error.ts';

/** What a thread ended with, for people: one whose heap is full says whose it was, and what helps. */
export function threadFault(role: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')) return error;
  return new AppError('capture.memory', `the heap of the ${role} thread is full: raise memoryBytes`, { cause: error });
}
