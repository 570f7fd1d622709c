// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.postern.core.directory.Account;
import org.postern.core.mail.ForwardPath;
import org.postern.delivery.schedule.Destination.Outcome;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.StoredMail;

/// Writes a mail into the Maildir of a recipient.
///
/// The name of the file follows from the mail's id and the recipient's place in the envelope, so
/// that doing it again
/// after a crash finds what is there, in `new` or, where the user's program has seen it, in `cur`.
public final class MaildirDestination {
    private final MaildirConfig config;
    private final DirectorySync directories;

    public MaildirDestination(MaildirConfig config, DirectorySync directories) {
        this.config = config;
        this.directories = directories;
    }

    /// Delivers for one recipient who reaches this account.
    public Outcome deliver(StoredMail mail, int recipient, Account account, boolean redo) throws IOException {
        ForwardPath path = mail.envelope().recipients().get(recipient).path();
        Maildir maildir = new Maildir(config.folder(), account.mailbox(), directories);
        maildir.make();
        return write(maildir, mail, recipient, path, redo);
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
