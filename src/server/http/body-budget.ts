// What the bodies of all requests under way may hold together. Each is bounded, and so is the number of streams of a
// connection; the product would still be more than the machine has.
import { ApiError } from "#api/errors.ts";

export class BodyBudget {
  #left: number;
  constructor(limitBytes = 256 * 1024 * 1024) {
    this.#left = limitBytes;
  }
  /** Throws TooManyRequests when there is not as much left. */
  take(sizeBytes: number): void {
    if (sizeBytes > this.#left)
      throw new ApiError("TooManyRequests", "Too many requests, please try again later.", {
        details: { retryAfterSeconds: 1 },
      });
    this.#left -= sizeBytes;
  }
  give(sizeBytes: number): void {
    this.#left += sizeBytes;
  }
}
