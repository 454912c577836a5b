/** What the engine's process is to set up. */
export interface EngineSetup {
  /** Directory of the engine's data. */
  data: string;
  /** Its configuration file. */
  configFile: string;
  /** Statements that run at a time. */
  sessions: number;
  /** Statements that make the tables; run before `ready`. */
  statements: readonly string[];
  /** Settings of every session: `name = value`. */
  settings: readonly string[];
}

/** From the manager. `write`: a statement that goes before those that read. */
export type ToEngine =
  | { type: 'setup'; setup: EngineSetup }
  | { type: 'run'; id: number; text: string; write: boolean }
  | { type: 'stop' };

/** From the engine's process. `again`: it cannot start now, but later it may. */
export type FromEngine =
  | { type: 'ready'; version: string }
  | { type: 'fatal'; message: string; again: boolean }
  | { type: 'answer'; id: number; bytes: Uint8Array }
  | { type: 'error'; id: number; message: string; code: number };
