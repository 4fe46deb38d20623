/** What the containerd names of everything that belongs to a build begin with: snapshots, and the processes of RUN. */
export const buildPrefix = "build-";

/** Whether a task is a step of a build: its build ends it, and no container stands for it. */
export function isBuildStep(id: string): boolean {
  return id.startsWith(buildPrefix);
}
