// Sets of field paths, and their JSON form FieldsV1. A set is a tree: a node says whether its own path is a member, and
// holds what lies beneath; a parent need not be a member for its children to be. Sets are never changed once shared.
import { isObject, setKey } from "#api/json.ts";
import type { Path, PathElement } from "./path-element.ts";
import { parseElement } from "./path-element.ts";

export interface Node {
  readonly member: boolean;
  readonly children: FieldSet;
}
export type FieldSet = ReadonlyMap<PathElement, Node>;
export const emptySet: FieldSet = new Map();

const isUseful = (node: Node): boolean => node.member || node.children.size > 0;
/** Combines two sets node by node; nodes that hold nothing are left out. */
function combine(a: FieldSet, b: FieldSet, join: (x: Node | undefined, y: Node | undefined) => Node): FieldSet {
  const out = new Map<PathElement, Node>();
  for (const [element, x] of a) {
    const node = join(x, b.get(element));
    if (isUseful(node)) out.set(element, node);
  }
  for (const [element, y] of b) {
    if (a.has(element)) continue;
    const node = join(undefined, y);
    if (isUseful(node)) out.set(element, node);
  }
  return out;
}
const childrenOf = (node: Node | undefined): FieldSet => node?.children ?? emptySet;

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0 || b.size === 0) return a.size === 0 ? b : a;
  return combine(a, b, (x, y) => {
    if (!x || !y) return (x ?? y)!;
    return { member: x.member || y.member, children: union(x.children, y.children) };
  });
}
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a.size === 0 || b.size === 0) return emptySet;
  return combine(a, b, (x, y) => ({
    member: x?.member === true && y?.member === true,
    children: intersection(childrenOf(x), childrenOf(y)),
  }));
}
/** `a` with its nodes changed where `b` has one too; `a` itself when none changes. */
function reduce(a: FieldSet, b: FieldSet, change: (x: Node, y: Node) => Node): FieldSet {
  let out: Map<PathElement, Node> | undefined;
  for (const [element, x] of a.size === 0 || b.size === 0 ? emptySet : a) {
    const y = b.get(element);
    const node = y ? change(x, y) : x;
    if (node.member === x.member && node.children === x.children) continue;
    out ??= new Map(a);
    if (isUseful(node)) out.set(element, node);
    else out.delete(element);
  }
  return out ?? a;
}
/** The paths of `a` that are not themselves members of `b`. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  reduce(a, b, (x, y) => ({ member: x.member && !y.member, children: difference(x.children, y.children) }));
/** The paths of `a` that neither are members of `b` nor lie beneath one. */
export const without = (a: FieldSet, b: FieldSet): FieldSet =>
  reduce(a, b, (x, y) =>
    y.member ? { member: false, children: emptySet } : { member: x.member, children: without(x.children, y.children) },
  );
export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const [element, x] of a) {
    const y = b.get(element);
    if (!y || x.member !== y.member || !equalSets(x.children, y.children)) return false;
  }
  return true;
}

export const isMember = (set: FieldSet, path: Path): boolean => {
  let node: Node | undefined;
  let within = set;
  for (const element of path) {
    node = within.get(element);
    within = childrenOf(node);
  }
  return node?.member === true;
};
/** All member paths, parents before children. */
export function* paths(set: FieldSet, prefix: Path = []): Generator<Path> {
  // Upstream: the members of a level come before all that lies beneath.
  const elements = [...set.keys()].toSorted();
  for (const element of elements) if (set.get(element)!.member) yield [...prefix, element];
  for (const element of elements) yield* paths(set.get(element)!.children, [...prefix, element]);
}
export function setOf(...all: readonly Path[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of all) builder.insert(path);
  return builder.set;
}

interface MutableNode {
  member: boolean;
  /** The empty set until something lies beneath: most nodes are leaves. */
  children: ReadonlyMap<PathElement, MutableNode>;
}
type MutableSet = Map<PathElement, MutableNode>;
const noNodes: ReadonlyMap<PathElement, MutableNode> = emptySet as ReadonlyMap<PathElement, MutableNode>;
/** Collects paths; what it has built must not be added to once it is shared. */
export class FieldSetBuilder {
  readonly #root: MutableSet = new Map();
  get set(): FieldSet {
    return this.#root;
  }
  /** The path is read at once and may change afterwards. The empty path is no member of any set. */
  insert(path: Path): void {
    let node: MutableNode | undefined;
    for (const element of path) {
      if (node?.children === noNodes) node.children = new Map();
      const within = (node?.children ?? this.#root) as MutableSet;
      node = within.get(element);
      if (!node) within.set(element, (node = { member: false, children: noNodes }));
    }
    if (node) node.member = true;
  }
}

type FieldsV1 = Readonly<Record<string, unknown>>;
/** Reads FieldsV1; undefined when it is malformed. */
export function parseFields(fields: FieldsV1): FieldSet | undefined {
  const set = new Map<PathElement, Node>();
  for (const key in fields) {
    const value = fields[key];
    if (!isObject(value)) return undefined;
    if (key === ".") continue;
    const element = parseElement(key);
    const children = parseFields(value);
    if (element === undefined || !children) return undefined;
    set.set(element, { member: "." in value || children.size === 0, children });
  }
  return set;
}
/** Writes FieldsV1, elements in order. */
export const formatFields = (set: FieldSet): Record<string, unknown> => formatted(set, false);
function formatted(set: FieldSet, isMember: boolean): Record<string, unknown> {
  const out: Record<string, unknown> = isMember && set.size > 0 ? { ".": {} } : {};
  for (const element of inOrder(set)) {
    const { member, children } = set.get(element)!;
    setKey(out, element, children === emptySet ? {} : formatted(children, member));
  }
  return out;
}
/** Most sets are small, and to them Array.sort would mean more garbage than all the rest. */
function inOrder(set: FieldSet): readonly PathElement[] {
  const elements: PathElement[] = [];
  if (set.size > smallSet) return [...set.keys()].sort();
  set.forEach((_, element) => {
    let at = elements.length;
    while (at > 0 && elements[at - 1]! > element) at--;
    if (at === elements.length) elements.push(element);
    else elements.splice(at, 0, element);
  });
  return elements;
}
const smallSet = 24;
