// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;

/// The file spool of a test and where its files are.
///
/// @param temp the test's folder
record FileSpools(Path temp) {
    Path folder() {
        return temp.resolve("spool");
    }

    SpoolStore open() {
        return FileSpool.open(config(ByteSize.ofMiB(1)), InstantSource.system());
    }

    SpoolConfig config(ByteSize freeSpaceMin) {
        return SpoolConfigs.in(folder())
                .messageMax(new ByteSize(SpoolFixture.MESSAGE_MAX))
                .freeSpaceMin(freeSpaceMin)
                .syncThreads(2)
                .get();
    }

    Path fileOf(HandoffId id) throws IOException {
        try (Stream<Path> all = Files.walk(folder().resolve("m"))) {
            return all.filter(file -> file.getFileName().toString().equals(id.toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
