// How evaluation fails. `Failure` is thrown inside only: it carries no stack, because && and || absorb many of them and a
// stack costs more than the rule. What leaves the package is a CelError.

/** An error of the language: && and || may absorb it. The message is that of cel-go, which clients read. */
export class Failure {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}
/** Throws a Failure; typed so that it may stand where a value is wanted. */
export function fail(message: string): never {
  throw new Failure(message);
}
export const noSuchOverload = (): never => fail("no such overload");

/** Ends the whole evaluation: nothing absorbs it. */
export class Abort {
  readonly reason: "cost" | "interrupted";
  readonly message: string;
  constructor(reason: "cost" | "interrupted") {
    this.reason = reason;
    this.message = reason === "cost" ? "operation cancelled: actual cost limit exceeded" : "operation interrupted";
  }
}
/** Evaluation waits for an answer; it is run anew once that has come. */
export class Pending {
  readonly promise: Promise<unknown>;
  constructor(promise: Promise<unknown>) {
    this.promise = promise;
  }
}

/** What `evaluate` throws. */
export class CelError extends Error {
  override readonly name = "CelError";
  /** "cost": the limit was reached; "interrupted": the signal fired; "failed": the expression has no value. */
  readonly reason: "failed" | "cost" | "interrupted";
  /** What the evaluation cost until then. */
  readonly cost: number;
  constructor(message: string, reason: "failed" | "cost" | "interrupted", cost: number) {
    super(message);
    this.reason = reason;
    this.cost = cost;
  }
}
