// How estimates of calls see the call: arguments with types and sizes, without the rest of the tree.
import type { CelType } from "../type.ts";
import type { Value } from "../value.ts";
import type { Range } from "./range.ts";

export interface SizedNode {
  readonly type: CelType;
  readonly size: Range;
  /** Of a literal. */
  readonly value?: Value;
  /** The items, where this is a list. */
  readonly items?: SizedNode;
}
export interface CallNode {
  readonly target?: SizedNode;
  readonly args: readonly SizedNode[];
}
export interface CallEstimate {
  readonly cost: Range;
  /** Size of the result. */
  readonly size?: Range;
}
