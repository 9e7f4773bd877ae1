import { z } from 'zod';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { SCHEMAS } from './schemas.ts';

/** OpenAPI 3.1 document: written from the table of operations and from the very schemas that validate requests. */

type Noeud = Readonly<Record<string, unknown>>;

const PROBLEME: Noeud = {
  description: 'Problème (RFC 9457) : code, cause et remède, en français.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Probleme' } } },
};

function jsonSchema(schema: z.ZodType): Noeud {
  const { $schema: _omis, ...reste } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return reste;
}

function parametresChemin(chemin: string): Noeud[] {
  return [...chemin.matchAll(/\{(\w+)\}/g)].map(([, nom]) => ({
    name: nom,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function parametresRequete(schema: z.ZodType | undefined): Noeud[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, s]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema: s,
  }));
}

function corps(op: Operation): Noeud {
  if (op.corpsBrut !== undefined) {
    const content = Object.fromEntries(
      op.corpsBrut.types.map((t) => [t, { schema: op.corpsBrut?.schema ?? {} }]),
    );
    return { requestBody: { required: true, content } };
  }
  if (op.corps === undefined) return {};
  return {
    requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(op.corps) } } },
  };
}

function reponse(op: Operation): Noeud {
  if (op.typeReponse !== undefined) {
    return { description: op.rend, content: { [op.typeReponse]: {} } };
  }
  if (op.reponse === undefined) return { description: op.rend };
  return { description: op.rend, content: { 'application/json': { schema: op.reponse } } };
}

function operation(op: Operation): Noeud {
  const entetes = (op.entetes ?? []).map(({ nom, description }) => ({
    name: nom,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return {
    operationId: op.id,
    tags: [op.famille],
    summary: op.resume,
    ...(op.libre === true ? { security: [] } : {}),
    parameters: [...parametresChemin(op.chemin), ...parametresRequete(op.requete), ...entetes],
    ...corps(op),
    responses: { [op.statut]: reponse(op), default: PROBLEME },
  };
}

/** @returns the document served at `/api/v1/openapi.json`. */
export function document(version: string): Noeud {
  const paths: Record<string, Record<string, Noeud>> = {};
  for (const op of OPERATIONS) {
    const chemin = (paths[op.chemin] ??= {});
    chemin[op.methode] = operation(op);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'vaguemestre',
      version,
      description: 'Tiers de télétransmission : dépôt, suivi et preuve des flux ACTES et HELIOS.',
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: '/api/v1' }],
    security: [{ jeton: [] }],
    paths,
    components: {
      securitySchemes: { jeton: { type: 'http', scheme: 'bearer' } },
      schemas: SCHEMAS,
    },
  };
}
