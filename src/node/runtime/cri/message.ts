// Protobuf messages as tables of fields, with their TypeScript types derived from the tables. Absent fields read as the
// zero value of proto3. This small codec instead of a protobuf library saves 8 to 20 MB of resident memory.
import { WireReader } from "#api/protobuf/reader.ts";
import { WireWriter } from "#api/protobuf/writer.ts";

/** `In` is what may be written, `Out` what is read. */
export interface Field<In, Out = In> {
  readonly id: number;
  /** Writes the field with its tag, unless it has the zero value. */
  write(writer: WireWriter, value: In): void;
  /** `before` is what earlier occurrences of the field gave, at first a fresh `zero()`; it may be added to. */
  read(reader: WireReader, end: number, before: Out, wireType: number): Out;
  zero(): Out;
}
// Field is invariant in its types, so a table of fields of any type cannot be named otherwise.
// eslint-disable-next-line typescript/no-explicit-any
type AnyField = Field<any, any>;
type Fields = Readonly<Record<string, AnyField>>;
export type Draft<M> =
  M extends Message<infer F> ? { readonly [K in keyof F]?: F[K] extends Field<infer In, unknown> ? In : never } : never;
export type Value<M> =
  M extends Message<infer F> ? { readonly [K in keyof F]: F[K] extends Field<never, infer Out> ? Out : never } : never;

export interface Message<F extends Fields = Fields> {
  readonly fields: F;
}
export const message = <F extends Fields>(fields: F): Message<F> => ({ fields });

const tables = new WeakMap<
  Message,
  { readonly byId: ReadonlyMap<number, string>; readonly reversed: readonly string[] }
>();
function tableOf(m: Message) {
  let table = tables.get(m);
  if (!table) {
    const byId = new Map(Object.entries(m.fields).map(([name, field]) => [field.id, name]));
    table = { byId, reversed: Object.keys(m.fields).toReversed() };
    tables.set(m, table);
  }
  return table;
}

function writeFields(writer: WireWriter, m: Message, draft: Readonly<Record<string, unknown>>): void {
  for (const name of tableOf(m).reversed) {
    const value = draft[name];
    if (value !== undefined) m.fields[name]!.write(writer, value);
  }
}
function readFields(reader: WireReader, end: number, m: Message): Record<string, unknown> {
  const { byId } = tableOf(m);
  const out: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(m.fields)) out[name] = field.zero();
  while (reader.at < end) {
    const tag = reader.varint(end);
    const name = byId.get(Math.floor(tag / 8));
    if (name === undefined) reader.skip(tag % 8, end);
    else out[name] = m.fields[name]!.read(reader, end, out[name], tag % 8);
  }
  return out;
}

export function encode<M extends Message>(m: M, draft: Draft<M>): Buffer {
  const writer = new WireWriter();
  writeFields(writer, m, draft as Record<string, unknown>);
  return Buffer.from(writer.take());
}
/** Throws WireError on broken input. */
export function decode<M extends Message>(m: M, bytes: Uint8Array): Value<M> {
  return readFields(new WireReader(bytes), bytes.length, m) as Value<M>;
}

export const text = (id: number): Field<string> => ({
  id,
  write: (writer, value) => void (value !== "" && writer.textField(id, value)),
  read: (reader, end) => reader.text(end),
  zero: () => "",
});
export const bytes = (id: number): Field<Uint8Array> => ({
  id,
  write: (writer, value) => void (value.length > 0 && writer.rawField(id, value)),
  read: (reader, end) => reader.raw(end),
  zero: () => new Uint8Array(),
});
/** Any varint type; beyond 53 bits it loses precision. */
export const int = (id: number): Field<number> => ({
  id,
  write: (writer, value) => void (value !== 0 && writer.varintField(id, value)),
  read: (reader, end) => reader.varint(end),
  zero: () => 0,
});
export const bool = (id: number): Field<boolean> => ({
  id,
  write: (writer, value) => void (value && writer.varintField(id, 1)),
  read: (reader, end) => reader.varint(end) !== 0,
  zero: () => false,
});
/** Nanoseconds since the epoch on the wire, milliseconds here; only read. */
export const time = (id: number): Field<never, number> => ({
  id,
  write: () => undefined,
  read: (reader, end) => Math.floor(reader.varint(end) / 1e6),
  zero: () => 0,
});
export const nested = <F extends Fields>(
  id: number,
  m: Message<F>,
): Field<Draft<Message<F>> | undefined, Value<Message<F>> | undefined> => ({
  id,
  write(writer, value) {
    const before = writer.length;
    writeFields(writer, m, value as Record<string, unknown>);
    writer.close(id, before);
  },
  read(reader, end) {
    const stop = reader.span(end);
    return readFields(reader, stop, m) as Value<Message<F>>;
  },
  zero: () => undefined,
});
/** A number that may be absent: the message {value = 1}. */
export const optionalInt = (id: number): Field<number | undefined, number | undefined> => {
  const inner = nested(id, message({ value: int(1) }));
  return {
    id,
    write: (writer, value) => inner.write(writer, { value: value! }),
    read: (reader, end, _, wireType) => inner.read(reader, end, undefined, wireType)?.value,
    zero: () => undefined,
  };
};

const repeated = <In, Out>(
  id: number,
  write: (writer: WireWriter, value: In) => void,
  read: (reader: WireReader, end: number) => Out,
): Field<readonly In[], readonly Out[]> => ({
  id,
  write(writer, values) {
    for (const value of values.toReversed()) write(writer, value);
  },
  read(reader, end, before) {
    (before as Out[]).push(read(reader, end));
    return before;
  },
  zero: () => [],
});
export const texts = (id: number): Field<readonly string[]> =>
  repeated(
    id,
    (writer, value: string) => writer.textField(id, value),
    (reader, end) => reader.text(end),
  );
export const list = <F extends Fields>(
  id: number,
  m: Message<F>,
): Field<readonly Draft<Message<F>>[], readonly Value<Message<F>>[]> => {
  const one = nested(id, m);
  return repeated(
    id,
    (writer, value: Draft<Message<F>>) => one.write(writer, value),
    (reader, end) => one.read(reader, end, undefined, 2)!,
  );
};
/** Written packed; read either way. */
export const ints = (id: number): Field<readonly number[]> => ({
  id,
  write(writer, values) {
    if (values.length === 0) return;
    const before = writer.length;
    for (const value of values.toReversed()) writer.varint(value);
    writer.close(id, before);
  },
  read(reader, end, before, wireType) {
    if (wireType !== 2) {
      (before as number[]).push(reader.varint(end));
      return before;
    }
    for (const stop = reader.span(end); reader.at < stop;) (before as number[]).push(reader.varint(stop));
    return before;
  },
  zero: () => [],
});
const entry = message({ key: text(1), value: text(2) });
export const map = (id: number): Field<Readonly<Record<string, string>>> => {
  const one = nested(id, entry);
  return {
    id,
    write(writer, values) {
      for (const [key, value] of Object.entries(values).toReversed()) one.write(writer, { key, value });
    },
    read(reader, end, before) {
      const { key, value } = one.read(reader, end, undefined, 2)!;
      (before as Record<string, string>)[key] = value;
      return before;
    },
    zero: () => ({}),
  };
};
