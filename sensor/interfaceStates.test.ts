import { expect, test } from 'vitest';
import { silentLogger } from '../runtime/log.ts';
import { InterfaceStates } from './interfaceStates.ts';

function said(names: string[], steps: (states: InterfaceStates) => void): string[] {
  const sentences: string[] = [];
  const states = new InterfaceStates(names, silentLogger());
  steps(states);
  states.say((sentence) => sentences.push(sentence));
  return sentences;
}

test('what is captured on is said, and what is waited for', () => {
  const both = said(['a', 'b'], (states) => {
    states.note('a', 'up');
    states.note('b', 'down');
  });
  expect(both).toEqual(['capturing on a, waiting for b']);
  expect(said(['a'], () => undefined)).toEqual(['capturing on a']);
});

test('a sensor whose interfaces are all away says that it captures once one is there', () => {
  const sentences: string[] = [];
  const states = new InterfaceStates(['a', 'b'], silentLogger());
  for (const name of ['a', 'b']) states.note(name, 'missing');
  states.say((sentence) => sentences.push(sentence));
  expect(sentences).toEqual(['waiting for a, b']);
  states.note('b', 'down');
  states.note('b', 'up');
  states.note('a', 'up');
  states.note('a', 'down');
  states.note('a', 'up');
  expect(sentences).toEqual(['waiting for a, b', 'capturing on b, waiting for a']);
});
