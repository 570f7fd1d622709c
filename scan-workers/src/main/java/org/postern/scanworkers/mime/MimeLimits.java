// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.mime;

/// The bounds of one walk.
///
/// @param parts how many parts are looked at, preambles and epilogues included
/// @param depth how many encoded messages inside encoded messages are opened
/// @param headerOctets the longest header of a part; the rest counts as its body
public record MimeLimits(int parts, int depth, int headerOctets) {
    /// Far more than honest mail has.
    public static final MimeLimits DEFAULTS = new MimeLimits(1_000, 8, 64 * 1024);

    public MimeLimits {
        if (parts < 1 || depth < 0 || headerOctets < 1024) {
            throw new IllegalArgumentException("not a bound: " + parts + ", " + depth + ", " + headerOctets);
        }
    }
}
