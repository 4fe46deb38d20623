import { TdockError } from "@tdock/errors/error";
import type { OciUser } from "./oci.ts";

/** The two files that names are looked up in, as text; empty when the image has none. */
export interface IdentityFiles {
  readonly passwd: string;
  readonly group: string;
}

const maxId = 2 ** 31 - 1;

/**
 * Resolves Docker's `user[:group]` against the container's own files.
 * Digits are always a number, never looked up as a name (CVE-2026-46680), and at most 2^31-1 (CVE-2024-40635);
 * only the empty string is root. A user without an entry in passwd has group 0. The primary group is part of the
 * additional ones (GHSA-rc4r-wh2q-q6c4). Throws `invalid-argument`, reason `user-not-found`, in Docker's words.
 */
export function resolveUser(user: string, groupAdd: readonly string[], files: IdentityFiles): OciUser {
  const [userPart = "", groupPart, ...rest] = user.split(":");
  if (rest.length > 0) throw unknown(`invalid user: wanted user[:group], got ${JSON.stringify(user)}`);
  const entry = findUser(userPart === "" ? "0" : userPart, files);
  const gid = groupPart === undefined || groupPart === "" ? entry.gid : findGroup(groupPart, files);
  // As Docker: with an explicit group the user's other memberships do not count.
  const memberships = groupPart === undefined || groupPart === "" ? groupsOf(entry.name, files) : [];
  const additional = new Set([gid, ...memberships, ...groupAdd.map((name) => findGroup(name, files))]);
  return { uid: entry.uid, gid, additionalGids: [...additional] };
}

function findUser(user: string, files: IdentityFiles): { uid: number; gid: number; name: string | undefined } {
  const id = numericId(user);
  for (const line of lines(files.passwd)) {
    const [name, , uid, gid] = line.split(":");
    if (id === undefined ? name !== user : parseId(uid) !== id) continue;
    const found = { uid: parseId(uid), gid: parseId(gid) };
    if (found.uid !== undefined && found.gid !== undefined) return { uid: found.uid, gid: found.gid, name };
  }
  if (id !== undefined) return { uid: id, gid: 0, name: undefined };
  throw unknown(`unable to find user ${user}: no matching entries in passwd file`);
}

function findGroup(group: string, files: IdentityFiles): number {
  const id = numericId(group);
  if (id !== undefined) return id;
  for (const line of lines(files.group)) {
    const [name, , gid] = line.split(":");
    const found = name === group ? parseId(gid) : undefined;
    if (found !== undefined) return found;
  }
  throw unknown(`unable to find group ${group}: no matching entries in group file`);
}

function groupsOf(user: string | undefined, files: IdentityFiles): number[] {
  if (user === undefined) return [];
  const result: number[] = [];
  for (const line of lines(files.group)) {
    const [, , gid, members = ""] = line.split(":");
    const id = members.split(",").includes(user) ? parseId(gid) : undefined;
    if (id !== undefined) result.push(id);
  }
  return result;
}

/** The number that a text of digits (or a signed one) stands for; undefined for a name. Throws when it is out of range. */
function numericId(value: string): number | undefined {
  if (!/^[+-]?\d+$/.test(value)) return undefined;
  const id = parseId(value);
  if (id === undefined) throw unknown(`uids and gids must be in range 0-${maxId}, got ${value.slice(0, 40)}`);
  return id;
}

function parseId(value: string | undefined): number | undefined {
  if (value === undefined || !/^\d{1,10}$/.test(value)) return undefined;
  const id = Number(value);
  return id <= maxId ? id : undefined;
}

function* lines(text: string): Generator<string> {
  for (const line of text.split("\n")) if (line !== "" && !line.startsWith("#")) yield line;
}

function unknown(message: string): TdockError {
  return new TdockError("invalid-argument", message, { reason: "user-not-found" });
}
