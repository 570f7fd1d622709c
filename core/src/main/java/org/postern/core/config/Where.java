// SPDX-License-Identifier: Apache-2.0
package org.postern.core.config;

/// A place in the configuration, as it is shown to the administrator.
///
/// @param source a file, or the override on the command line
/// @param line from 1; 0 where lines make no sense
record Where(String source, int line) {
    @Override
    public String toString() {
        return line == 0 ? source : source + ":" + line;
    }
}
