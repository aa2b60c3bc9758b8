import { test } from "node:test";
import assert from "node:assert/strict";
import * as s from "./schema.ts";

const Source = s.message("x.Source", "Where it comes from.", {
  path: s.optional(1, s.string, "A path."),
});
const Thing = s.message(
  "x.Thing",
  "A thing.",
  {
    name: s.required(1, s.string, "Its name."),
    count: s.pointer(3, s.int32, "How many."),
    kind: s.optional(4, s.oneOf("A", "B"), "Which."),
    inner: s.struct(5, Source, "Inside."),
  },
  [s.embed(2, Source)],
);
type Thing = s.Infer<typeof Thing>;

test("a message carries the fields of what it embeds", () => {
  const thing: Thing = { name: "a", path: "/x", kind: "B", inner: {} };
  assert.deepEqual(Object.keys(Thing.fields), ["name", "path", "count", "kind", "inner"]);
  assert.equal(Thing.fields["count"]?.pointer, true);
  assert.equal(thing.kind, "B");
  // @ts-expect-error a name is required
  const wrong: Thing = { inner: {} };
  assert.ok(wrong);
});
