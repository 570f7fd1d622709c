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
        SpoolConfig base = SpoolConfig.in(folder());
        return new SpoolConfig(
                folder(),
                new ByteSize(SpoolFixture.MESSAGE_MAX),
                freeSpaceMin,
                base.freeFilesMin(),
                base.reserve(),
                base.mailsMax(),
                base.rememberIds(),
                base.rememberUnproven(),
                base.recogniseNothingFor(),
                2);
    }

    Path fileOf(HandoffId id) throws IOException {
        try (Stream<Path> all = Files.walk(folder().resolve("m"))) {
            return all.filter(file -> file.getFileName().toString().equals(id.toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
