// A container that cannot be made because of what its pod says: the text is shown in its status.

export class ConfigError extends Error {
  /** The waiting reason. */
  readonly reason: "CreateContainerConfigError" | "CreateContainerError";
  constructor(message: string, reason: ConfigError["reason"] = "CreateContainerConfigError", options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
