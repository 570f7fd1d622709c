// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import java.nio.file.Path;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;

/// Settings of delivery into Maildir folders.
@Doc("Where mailboxes are and how mail is written into them.")
public record MaildirConfig(
        @Doc("The folder below which all mailboxes are; the directory says where each is.") @Default("mail")
        Path folder,

        @Doc("How lines end in delivered files: keep (CRLF, as the mail came) or lf.") @Default("keep")
        LineEndings lineEndings,

        @Doc(
                "What becomes of mail for a mailbox that is full: temporary (tried again until delivery.expiry) or permanent"
                        + " (the sender is told at once). RFC 3463: X.2.2.")
        @Default("temporary")
        OverQuota overQuota,

        @Doc("What becomes of mail for a mailbox of which a folder belongs to neither the user that the store runs as"
                + " nor root, or may be written to by everybody: refuse (it waits, and the reason says which folder)"
                + " or warn.")
        @Default("refuse")
        ForeignFolders foreignFolders) {
    /// What folders mean that somebody else may change.
    public enum ForeignFolders {
        REFUSE,
        WARN
    }

    /// What a full mailbox means.
    public enum OverQuota {
        TEMPORARY,
        PERMANENT
    }

    /// The defaults, with mailboxes below this folder.
    public static MaildirConfig in(Path folder) {
        return new MaildirConfig(folder, LineEndings.KEEP, OverQuota.TEMPORARY, ForeignFolders.REFUSE);
    }
}
