import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { Heap } from "./heap.ts";

test("items leave in order, whatever was moved or taken out before", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push" as const), id: fc.nat(15), rank: fc.nat(50) }),
    fc.record({ do: fc.constant("delete" as const), id: fc.nat(15), rank: fc.constant(0) }),
    fc.record({ do: fc.constant("pop" as const), id: fc.constant(0), rank: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const items = Array.from({ length: 16 }, (_, id) => ({ id, rank: 0 }));
      const heap = new Heap<{ id: number; rank: number }>((a, b) => a.rank < b.rank);
      const model = new Set<number>();
      const least = (): number => Math.min(...[...model].map((id) => items[id]!.rank));
      for (const s of steps) {
        const item = items[s.id]!;
        if (s.do === "push") {
          item.rank = s.rank;
          heap.push(item);
          model.add(s.id);
        } else if (s.do === "delete") assert.equal(heap.delete(item), model.delete(s.id));
        else if (model.size > 0) {
          const rank = least();
          const popped = heap.pop()!;
          assert.equal(popped.rank, rank);
          model.delete(popped.id);
        } else assert.equal(heap.pop(), undefined);
        assert.equal(heap.size, model.size);
        if (model.size > 0) assert.equal(heap.peek()!.rank, least());
      }
    }),
  );
});
