// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/// Makes files that are there whole or not at all.
final class QuarantineFile {
    private QuarantineFile() {}

    /// Writes the content of a file.
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /// Writes a file that only we may read, in place of what was there. Its octets are durable when this
    /// returns, its name after a sync of the folder.
    static void put(Path target, Content content) throws IOException {
        Path temporary = target.resolveSibling("." + target.getFileName());
        Files.deleteIfExists(temporary);
        Files.createFile(temporary, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        boolean moved = false;
        try {
            try (FileOutputStream file = new FileOutputStream(temporary.toFile())) {
                content.writeTo(file);
                file.getFD().sync();
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            moved = true;
        } finally {
            if (!moved) {
                Files.deleteIfExists(temporary);
            }
        }
    }
}
