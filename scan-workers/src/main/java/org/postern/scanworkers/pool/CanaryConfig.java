// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.nio.file.Path;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// A sample of your own that every backend must judge as it should, or leave the pool.
@Doc("A sample of your own that every backend must judge as it should, or leave the pool.")
public record CanaryConfig(
        @Doc("The sample, at most 1MiB; it is read at start. For spam filters a whole mail.")
        Path file,

        @Doc("What it must be found to be: the name of the signature or symbol, or clean.") @Default("clean")
        String expect) {
    /// How many an engine may have.
    public static final int MAX = 16;

    public CanaryConfig {
        if (!expect.matches("[!-~]{1,200}")) {
            throw new IllegalArgumentException(
                    "expect must be clean, or the name of a signature or symbol, not \"" + expect + "\"");
        }
    }
}
