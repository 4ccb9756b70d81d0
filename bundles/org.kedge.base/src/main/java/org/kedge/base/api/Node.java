package org.kedge.base.api;

import java.nio.file.Path;

/**
 * This node: a service that is there once the node's own settings are good.
 *
 * @param bootId names this run of the runtime, and no other run on any boot: a reader drops repeats by node, boot id and sequence
 * @param kernelBootId the kernel's name of this boot; same after a restart of the runtime alone
 * @param data where the node keeps its files; made, writable
 */
public record Node(NodeId id, String bootId, String kernelBootId, Path data, Flash flash) {}
