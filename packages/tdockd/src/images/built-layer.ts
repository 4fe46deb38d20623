/** On the snapshot of a layer that was built here: the digest of its archive. */
export const builtLayerLabel = "tdock.build/layer";

/** On the snapshot of a layer that was built here: digest and size of its compressed archive. */
export const packedLayerLabel = "tdock.build/packed";

/** On the snapshot of a layer that may share files with others, since builds link those of a context: its folder. */
export const linkedLayerLabel = "tdock.build/linked";
