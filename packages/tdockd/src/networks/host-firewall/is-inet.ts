/** Whether a family of tables is one of IP packets. */
export function isInet(family: string): boolean {
  return family === "inet" || family === "ip" || family === "ip6";
}
