/** What a Docker client makes of a framed stream: the bytes of stdout and of stderr. */
export function demultiplex(bytes: Buffer): { readonly stdout: string; readonly stderr: string } {
  const parts: Record<number, Buffer[]> = { 1: [], 2: [] };
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    if (bytes.readUIntBE(at + 1, 3) !== 0 || at + 8 + length > bytes.length) throw new Error(`bad frame at ${at}`);
    (parts[bytes[at] ?? 0] as Buffer[]).push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { stdout: Buffer.concat(parts[1] ?? []).toString(), stderr: Buffer.concat(parts[2] ?? []).toString() };
}
