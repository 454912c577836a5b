import { z } from 'zod';
import { api } from '../../proto/api.ts';
import type { ApiRoute } from '../../proto/api.ts';

type Schema = Record<string, unknown>;

/** The API as an OpenAPI 3.1 document, printed from the route table. */
export function printOpenApi(version: string): Schema {
  const paths: Record<string, Schema> = {};
  for (const [name, route] of Object.entries<ApiRoute<z.ZodType, z.ZodType>>(api)) {
    const path = route.path.replaceAll(/:([a-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Picket',
      version,
      description:
        'Questions to a manager. Ranges are [from, to), widened to whole windows; every answer says what it covers. ' +
        'A WebSocket at /api/v1/live gets the stream of arriving windows.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: { schemas: { Error: errorSchema } },
  };
}

const errorSchema: Schema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' } },
    },
  },
};

const refusals: readonly (readonly [string, string])[] = [
  ['400', 'The question cannot be answered as it stands.'],
  ['503', 'Too many questions at once.'],
];

function operationOf(name: string, route: ApiRoute<z.ZodType, z.ZodType>): Schema {
  const error = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };
  return {
    operationId: name,
    summary: route.say,
    'x-role': route.role,
    'x-scope': route.scope,
    'x-since': route.since,
    parameters: parametersOf(route),
    responses: {
      '200': {
        description: 'The answer.',
        content: contentOf(route),
      },
      ...Object.fromEntries(refusals.map(([status, description]) => [status, { description, content: error }])),
    },
  };
}

/** Of lines, the schema of one. */
function contentOf(route: ApiRoute<z.ZodType, z.ZodType>): Schema {
  const schema = schemaOf(route.answer, 'output');
  if (route.isLines !== true) return { 'application/json': { schema } };
  const { properties } = schema as { properties?: { lines?: { items?: Schema } } };
  return { 'application/x-ndjson': { schema: properties?.lines?.items ?? {} } };
}

function parametersOf(route: ApiRoute<z.ZodType, z.ZodType>): Schema[] {
  const { properties, required } = schemaOf(route.query, 'input') as {
    properties?: Record<string, Schema>;
    required?: string[];
  };
  return Object.entries(properties ?? {}).map(([name, { description, ...schema }]) => {
    const inPath = route.path.includes(`:${name}`);
    return {
      name,
      in: inPath ? 'path' : 'query',
      required: inPath || (required ?? []).includes(name),
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

function schemaOf(type: z.ZodType, io: 'input' | 'output'): Schema {
  const schema = z.toJSONSchema(type, { io, unrepresentable: 'any' }) as Schema;
  delete schema['$schema'];
  return schema;
}
