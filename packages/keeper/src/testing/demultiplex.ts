export interface Frame {
  readonly stream: number;
  readonly text: string;
}

/** The frames of a stream. Throws where a header is none. */
export function framesOf(bytes: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    if (bytes.readUIntBE(at + 1, 3) !== 0 || at + 8 + length > bytes.length) throw new Error(`bad frame at ${at}`);
    frames.push({ stream: bytes[at] ?? 0, text: bytes.subarray(at + 8, at + 8 + length).toString("latin1") });
    at += 8 + length;
  }
  return frames;
}

/** What a Docker client makes of a framed stream: the bytes of stdout and of stderr. */
export function demultiplex(bytes: Buffer): { readonly stdout: string; readonly stderr: string } {
  const frames = framesOf(bytes);
  const of = (wanted: number) =>
    Buffer.from(frames.flatMap(({ stream, text }) => (stream === wanted ? [text] : [])).join(""), "latin1").toString();
  return { stdout: of(1), stderr: of(2) };
}
