// SPDX-License-Identifier: Apache-2.0
package org.postern.bench;

/// One server measured once.
///
/// @param round 1 and up
/// @param size of each message, in bytes
/// @param peer the server's name
/// @param result what it did
record Measurement(int round, int size, String peer, LoadResult result) {}
