// How a long operation tells what it does: steps with a title and a time, and notes. The command line prints them.

export interface Progress {
  /** Runs `work` as a step. `report` replaces the detail that is shown while it runs. */
  step<T>(title: string, work: (report: (detail: string) => void) => Promise<T> | T): Promise<T>;
  note(text: string): void;
}

export const silentProgress: Progress = {
  step: async (_title, work) => work(() => undefined),
  note: () => undefined,
};
