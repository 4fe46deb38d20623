/** The image under which the engine keeps what a failed build step left. */
export function stepImage(id: string): string {
  return `tdock-step:${id}`;
}
