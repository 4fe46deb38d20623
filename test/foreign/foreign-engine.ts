/** Another container engine, with folders of its own. */
export interface ForeignEngine extends AsyncDisposable {
  /** Runs its command line, which must exit 0, and gives what it printed. */
  readonly run: (args: readonly string[]) => Promise<string>;
}
