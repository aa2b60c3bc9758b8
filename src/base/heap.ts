// A binary heap that knows where each item sits, so an item can be moved or taken out of the middle in O(log n).
// Items are found by identity: an item is in the heap at most once.

export class Heap<T> {
  readonly #items: T[] = [];
  readonly #positions = new Map<T, number>();
  readonly #before: (a: T, b: T) => boolean;

  /** `before(a, b)`: a leaves the heap before b. */
  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }
  get size(): number {
    return this.#items.length;
  }
  has(item: T): boolean {
    return this.#positions.has(item);
  }
  peek(): T | undefined {
    return this.#items[0];
  }
  /** Adds the item; one that is there already is moved to where it now belongs. */
  push(item: T): void {
    const known = this.#positions.get(item);
    const at = known ?? this.#items.length;
    if (known === undefined) this.#place(item, at);
    this.#down(this.#up(at));
  }
  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.delete(first);
    return first;
  }
  delete(item: T): boolean {
    const at = this.#positions.get(item);
    if (at === undefined) return false;
    this.#positions.delete(item);
    const last = this.#items.pop() as T;
    if (last !== item) {
      this.#place(last, at);
      this.#down(this.#up(at));
    }
    return true;
  }
  clear(): void {
    this.#items.length = 0;
    this.#positions.clear();
  }
  /** In no particular order. */
  values(): IterableIterator<T> {
    return this.#items.values();
  }
  #place(item: T, at: number): void {
    this.#items[at] = item;
    this.#positions.set(item, at);
  }
  #up(at: number): number {
    const item = this.#items[at] as T;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = this.#items[parent] as T;
      if (!this.#before(item, other)) break;
      this.#place(other, at);
      at = parent;
    }
    this.#place(item, at);
    return at;
  }
  #down(at: number): void {
    const item = this.#items[at] as T;
    const size = this.#items.length;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(this.#items[child + 1] as T, this.#items[child] as T)) child++;
      const other = this.#items[child] as T;
      if (!this.#before(other, item)) break;
      this.#place(other, at);
      at = child;
    }
    this.#place(item, at);
  }
}
