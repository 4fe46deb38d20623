/** The range of Engine API versions that tdockd answers. */
export const maxApiVersion = "1.51";
export const minApiVersion = "1.24";

/** Below zero when `a` is the older of two versions `major.minor`, zero when they are equal. */
export function compareVersions(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map(Number);
  const [majorB = 0, minorB = 0] = b.split(".").map(Number);
  return majorA - majorB || minorA - minorB;
}
