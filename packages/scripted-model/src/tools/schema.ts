/** A JSON schema as an agent sent it: nothing in it is certain. */
export type Schema = Record<string, unknown>;

function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function propertyOf({ properties }: Schema, name: string): Schema | null {
  const property = isSchema(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined;
  return isSchema(property) ? property : null;
}

/** The first of `names` that the schema has as a property. */
export function findProperty(schema: Schema, names: string[]): { name: string; schema: Schema } | null {
  for (const name of names) {
    const property = propertyOf(schema, name);
    if (property !== null) return { name, schema: property };
  }
  return null;
}

export function requiredNames({ required }: Schema): string[] {
  return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
}

/** The types a value may have. Gemini writes them in capitals. */
export function typesOf({ type, anyOf }: Schema): string[] {
  const own = [type].flat().filter((name) => typeof name === "string");
  const others = Array.isArray(anyOf) ? anyOf.filter(isSchema) : [];
  return [...own.map((name) => name.toLowerCase()), ...others.flatMap(typesOf)];
}

/** `input`, and something harmless for everything else that the schema requires. */
export function fillRequired(schema: Schema, input: Record<string, unknown>): Record<string, unknown> {
  const missing = requiredNames(schema).filter((name) => !Object.hasOwn(input, name));
  return {
    ...input,
    ...Object.fromEntries(missing.map((name) => [name, placeholder(name, propertyOf(schema, name))])),
  };
}

const harmless: Record<string, unknown> = { number: 0, integer: 0, boolean: false, array: [], object: {} };

function placeholder(name: string, schema: Schema | null): unknown {
  if (schema?.["default"] !== undefined && schema["default"] !== null) return schema["default"];
  if (Array.isArray(schema?.["enum"])) return schema["enum"][0];
  const types = typesOf(schema ?? {});
  // Required only so that the schema is strict: nothing is what means nothing.
  if (types.includes("null")) return null;
  return harmless[types[0] ?? "string"] ?? `scripted ${name}`;
}
