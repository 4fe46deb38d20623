/** Node's file system, loaded when it is first used: that takes a millisecond, and many a command needs none of it. */
export const fs = () => process.getBuiltinModule("node:fs");
