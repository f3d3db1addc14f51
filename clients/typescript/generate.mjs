// Writes src/operations.ts: a type for each query in src/operations.graphql and for its variables.
import { readFileSync, writeFileSync } from "node:fs";
import { codegen } from "@graphql-codegen/core";
import * as operations from "@graphql-codegen/typescript-operations";
import * as documents from "@graphql-codegen/typed-document-node";
import { buildSchema, parse, printSchema } from "graphql";

const schema = buildSchema(readFileSync("../../gql/schema.graphql", "utf8"));
const text = readFileSync("src/operations.graphql", "utf8");

const written = await codegen({
  schema: parse(printSchema(schema)),
  schemaAst: schema,
  documents: [{ location: "src/operations.graphql", document: parse(text) }],
  filename: "src/operations.ts",
  config: {
    documentMode: "string",
    useTypeImports: true,
    strictScalars: true,
    scalars: { JSON: "unknown", Date: "string", DateTime: "string" },
  },
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: { operations, documents },
});
writeFileSync("src/operations.ts", written);
