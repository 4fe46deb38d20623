import { type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";

/**
 * A protobuf timestamp as a Date, cut to milliseconds; undefined when containerd sent none.
 * Go's zero time (year 1), which containerd sends for "not yet", is none too.
 */
export function dateOf(timestamp: Timestamp | undefined): Date | undefined {
  return timestamp === undefined || timestamp.seconds <= 0n ? undefined : timestampDate(timestamp);
}
