// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.postern.core.directory.Account;
import org.postern.core.directory.Directory;
import org.postern.core.directory.Lookup;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.ForwardPath;
import org.postern.delivery.schedule.Destination;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.StoredMail;

/// Writes a mail into the Maildir of each recipient.
///
/// The name of the file follows from the mail's id and the recipient's place in the envelope, so that doing it again
/// after a crash finds what is there, in `new` or, where the user's program has seen it, in `cur`.
public final class MaildirDestination implements Destination {
    private final MaildirConfig config;
    private final Directory directory;
    private final Duration directoryTimeout;
    private final DirectorySync directories;

    public MaildirDestination(
            MaildirConfig config, Directory directory, Duration directoryTimeout, DirectorySync directories) {
        this.config = config;
        this.directory = directory;
        this.directoryTimeout = directoryTimeout;
        this.directories = directories;
    }

    @Override
    public Outcome deliver(StoredMail mail, int recipient, boolean redo) throws IOException {
        ForwardPath path = mail.envelope().recipients().get(recipient).path();
        return switch (directory.recipient(path, Deadline.in(directoryTimeout))) {
            case Lookup.Known<Account>(Account account) -> {
                Maildir maildir = new Maildir(config.folder(), account.mailbox(), directories);
                maildir.make();
                yield write(maildir, mail, recipient, path, redo);
            }
            // The front had accepted this recipient: he may come back. Expiry ends it.
            case Lookup.Unknown<Account>() -> new Outcome.Deferred("the directory does not know " + path);
            case Lookup.Undetermined<Account>(String reason) ->
                new Outcome.Deferred("the directory cannot say who " + path + " is: " + reason);
        };
    }

    private Outcome write(Maildir maildir, StoredMail mail, int recipient, ForwardPath path, boolean redo)
            throws IOException {
        String name = MaildirName.of(mail, recipient);
        if (redo && maildir.holds(name)) {
            return new Outcome.Delivered("was in " + maildir.folder() + " already");
        }
        byte[] top = ("Return-Path: <" + mail.envelope().reversePath() + ">\r\nDelivered-To: " + path + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        maildir.deliver(name, out -> {
            OutputStream target = config.lineEndings() == LineEndings.LF ? new LfOutputStream(out) : out;
            target.write(top);
            try (InputStream body = mail.body()) {
                byte[] block = new byte[Math.clamp(mail.bodyLength(), 1, 64 * 1024)];
                for (int n = body.read(block); n >= 0; n = body.read(block)) {
                    target.write(block, 0, n);
                }
            }
            target.flush();
        });
        return new Outcome.Delivered("in " + maildir.folder());
    }
}
