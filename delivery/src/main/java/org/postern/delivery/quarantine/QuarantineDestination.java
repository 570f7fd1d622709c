// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.quarantine;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.StoredMail;

/// Keeps a mail in the quarantine folder, once for all its recipients.
///
/// The envelope is written and synced before the message appears under its name: a message there
/// always has one.
public final class QuarantineDestination implements Destination.ForOne {
    private final Path folder;
    private final DirectorySync directories;

    public QuarantineDestination(QuarantineConfig config, DirectorySync directories) {
        this.folder = config.folder();
        this.directories = directories;
    }

    @Override
    public Destination.Outcome deliver(StoredMail mail, int recipient, boolean redo) throws IOException {
        Path message = folder.resolve(mail.id() + ".eml");
        if (recipient > 0 || redo) {
            if (Files.isRegularFile(message, LinkOption.NOFOLLOW_LINKS)) {
                return new Destination.Outcome.Delivered("in quarantine");
            }
        }
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        ByteArrayOutputStream envelope = new ByteArrayOutputStream();
        QuarantineEnvelope.of(mail).write(new DataOutputStream(envelope));
        QuarantineFile.put(folder.resolve(mail.id() + ".envelope"), envelope::writeTo);
        QuarantineFile.put(message, out -> mail.copyTo(out::write));
        directories.syncOnce(folder);
        return new Destination.Outcome.Delivered("in quarantine");
    }
}
