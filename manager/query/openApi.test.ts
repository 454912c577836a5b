import { expect, test } from 'vitest';
import type { z } from 'zod';
import { api } from '../../proto/api.ts';
import { printOpenApi } from './openApi.ts';

interface Operation {
  operationId: string;
  summary: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  responses: Record<string, { description: string; content: Record<string, { schema: Record<string, unknown> }> }>;
}

test('every route is in the document, with its parameters and its answer', () => {
  const document = printOpenApi('9.9.9') as {
    openapi: string;
    info: object;
    paths: Record<string, Record<string, Operation>>;
  };
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: 'Picket', version: '9.9.9' });
  expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  const told = new Set<string>();
  for (const [name, route] of Object.entries(api)) {
    const path = route.path.replaceAll(/:([a-z]+)/g, '{$1}');
    const operation = document.paths[path]?.[route.method.toLowerCase()];
    expect(operation, name).toBeDefined();
    if (operation === undefined) continue;
    told.add(operation.operationId);
    expect(operation.summary).toBe(route.say);
    const inPath = [...path.matchAll(/\{([a-z]+)\}/g)].map(([, parameter]) => parameter);
    expect(operation.parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(inPath);
    expect(operation.parameters.map((one) => one.name).toSorted()).toEqual(Object.keys(route.query.shape).toSorted());
    for (const parameter of operation.parameters) {
      const shape: Readonly<Record<string, z.ZodType>> = route.query.shape;
      const isOptional = shape[parameter.name]?.safeParse(undefined).success === true;
      expect(parameter.required, `${name}.${parameter.name}`).toBe(!isOptional);
      if (parameter.in === 'path') expect(parameter.required).toBe(true);
      expect(Object.keys(parameter.schema), `${name}.${parameter.name}`).not.toEqual([]);
    }
    const form = 'isLines' in route ? 'application/x-ndjson' : 'application/json';
    expect(operation.responses['200']?.content[form]?.schema['type']).toBe('object');
    expect(Object.keys(operation.responses)).toEqual(['200', '400', '503']);
  }
  expect(told.size).toBe(Object.keys(api).length);
});
