import koffi from "koffi";
import { systemError } from "./system-error.ts";

/** System calls that Node does not offer. Each returns -1 on failure and sets errno; `check` turns that into an error. */
export const libc = loadLibc();

function loadLibc() {
  const library = koffi.load("libc.so.6");
  return {
    unshare: library.func("int unshare(int flags)"),
    setns: library.func("int setns(int fd, int type)"),
    mount: library.func(
      "int mount(const char *source, const char *target, const char *type, unsigned long flags, const char *data)",
    ),
    umount2: library.func("int umount2(const char *target, int flags)"),
    socket: library.func("int socket(int domain, int type, int protocol)"),
    bind: library.func("int bind(int fd, void *address, uint32_t length)"),
    connect: library.func("int connect(int fd, void *address, uint32_t length)"),
    getsockname: library.func("int getsockname(int fd, _Out_ void *address, _Inout_ uint32_t *length)"),
    setsockopt: library.func("int setsockopt(int fd, int level, int name, void *value, uint32_t length)"),
    send: library.func("int64_t send(int fd, void *bytes, size_t length, int flags)"),
    recv: library.func("int64_t recv(int fd, _Out_ void *bytes, size_t length, int flags)"),
    flock: library.func("int flock(int fd, int operation)"),
    renameat2: library.func(
      "int renameat2(int from, const char *fromPath, int to, const char *toPath, unsigned int flags)",
    ),
    syncfs: library.func("int syncfs(int fd)"),
    pipe2: library.func("int pipe2(_Out_ int *ends, int flags)"),
    // Variadic in C as well.
    fcntl: library.func("int fcntl(int fd, int operation, long value)"),
    poll: library.func("int poll(_Inout_ void *ends, unsigned long count, int timeoutMs)"),
    mkfifo: library.func("int mkfifo(const char *path, uint32_t mode)"),
    mknod: library.func("int mknod(const char *path, uint32_t mode, uint64_t device)"),
    lgetxattr: library.func("int64_t lgetxattr(const char *path, const char *name, _Out_ uint8_t *value, size_t size)"),
    lsetxattr: library.func(
      "int lsetxattr(const char *path, const char *name, uint8_t *value, size_t size, int flags)",
    ),
    fsetxattr: library.func("int fsetxattr(int fd, const char *name, uint8_t *value, size_t size, int flags)"),
    mallocTrim: library.func("int malloc_trim(size_t keepBytes)"),
    // syscall() is variadic in C; a fixed signature passes the same registers for the calls made here.
    syscall: library.func("long syscall(long number)"),
    openat2: library.func("long syscall(long number, int dirfd, const char *path, void *how, size_t size)"),
    openTree: library.func("long syscall(long number, int dirfd, const char *path, unsigned int flags)"),
    moveMount: library.func(
      "long syscall(long number, int from, const char *fromPath, int to, const char *toPath, unsigned int flags)",
    ),
    mountSetattr: library.func(
      "long syscall(long number, int fd, const char *path, unsigned int flags, void *attributes, size_t size)",
    ),
  };
}

/** A path as C wants it: bytes are copied, and ended by a NUL. */
export function cPath(path: string | Buffer): string | Buffer {
  return typeof path === "string" ? path : Buffer.concat([path, Buffer.alloc(1)]);
}

/** `result` unless it says that the call failed. Throws what `systemError` makes of errno. */
export function check(result: number, operation: string): number {
  if (result === -1) throw systemError(operation, koffi.errno());
  return result;
}
