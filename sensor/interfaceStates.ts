import type { Logger } from '../runtime/log.ts';

/** Tells people of the interfaces of a tap: each change once in the log, and which of them are captured on. */
export class InterfaceStates {
  readonly #log: Logger;
  readonly #states: Map<string, string>;
  #isWaiting = false;
  #tell: (sentence: string) => void = () => undefined;

  constructor(names: readonly string[], log: Logger) {
    this.#log = log;
    this.#states = new Map(names.map((name) => [name, '']));
  }

  /** Takes note of a state; every worker tells of its own, once is enough. */
  note(name: string, state: string): void {
    if (this.#states.get(name) === state) return;
    this.#states.set(name, state);
    const log = this.#log;
    if (state === 'up') log.info('interface is up', { interface: name });
    else if (state === 'noSocket')
      log.error('interface came back and there is no socket left for it: restart the sensor', { interface: name });
    else log.warn(`interface is ${state}: waiting for it`, { interface: name });
    if (state === 'up' && this.#isWaiting) this.say(this.#tell);
  }

  /** Says `capturing on eth0, waiting for eth1`; when none is there yet, again once one is. */
  say(tell: (sentence: string) => void): void {
    this.#tell = tell;
    const { sentence } = this;
    this.#isWaiting = sentence.startsWith('waiting');
    tell(sentence);
  }

  /** A source that tells no states is up. */
  get sentence(): string {
    const namesOf = (up: boolean): string[] =>
      [...this.#states].flatMap(([name, state]) => ((state === 'up' || state === '') === up ? [name] : []));
    const [up, away] = [namesOf(true), namesOf(false)];
    return [
      ...(up.length > 0 ? [`capturing on ${up.join(', ')}`] : []),
      ...(away.length > 0 ? [`waiting for ${away.join(', ')}`] : []),
    ].join(', ');
  }
}
