// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.maildir;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.postern.core.directory.Account;
import org.postern.core.directory.AccountLimits;
import org.postern.core.mail.ForwardPath;
import org.postern.delivery.dsn.Diagnosis;
import org.postern.delivery.schedule.Destination.Outcome;
import org.postern.delivery.spool.DirectorySync;
import org.postern.delivery.spool.StoredMail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a mail into the Maildir of a recipient.
///
/// The name of the file follows from the mail's id and the recipient's place in the envelope, so that doing it again
/// after a crash finds what is there, in `new` or, where the user's program has seen it, in `cur`.
public final class MaildirDestination {
    private static final Logger LOG = LoggerFactory.getLogger(MaildirDestination.class);

    /// What is forgotten costs a few syncs more.
    private static final int DURABLE_MAX = 100_000;

    private static final int QUOTA_LOCKS = 256;

    private final MaildirConfig config;
    private final FolderOwner owner;
    private final DirectorySync directories;
    /// Who has a lock looks whether there is room and fills it; several mailboxes may share one.
    private final List<ReentrantLock> quotaLocks =
            Stream.generate(ReentrantLock::new).limit(QUOTA_LOCKS).toList();
    private final Cache<Path, Boolean> durable =
            Caffeine.newBuilder().maximumSize(DURABLE_MAX).build();
    private final InstantSource clock = InstantSource.system();

    public MaildirDestination(MaildirConfig config, DirectorySync directories) {
        this.config = config;
        this.owner = new FolderOwner(FolderOwner.ofThisProcess(), config.foreignFolders());
        this.directories = directories;
    }

    /// Delivers for one recipient who reaches this account.
    public Outcome deliver(StoredMail mail, int recipient, Account account, boolean redo) throws IOException {
        ForwardPath path = mail.envelope().recipients().get(recipient).path();
        Maildir maildir = new Maildir(config.folder(), account.mailbox(), owner, directories::syncOnce, durable);
        maildir.make();
        return write(maildir, account.limits(), mail, recipient, path, redo);
    }

    private Outcome write(
            Maildir maildir, AccountLimits limits, StoredMail mail, int recipient, ForwardPath path, boolean redo)
            throws IOException {
        String name = MaildirName.of(mail, recipient);
        if (redo && maildir.holds(name)) {
            return new Outcome.Delivered("was in Maildir " + maildir.folder() + " already");
        }
        byte[] top = ("Return-Path: <" + mail.envelope().reversePath() + ">\r\nDelivered-To: " + path + "\r\n")
                .getBytes(StandardCharsets.UTF_8);
        if (!MaildirQuota.concerns(limits)) {
            long _ = put(maildir, name, top, mail);
            return new Outcome.Delivered("in Maildir " + maildir.folder());
        }
        MaildirQuota quota = new MaildirQuota(maildir.folder(), limits, clock);
        ReentrantLock lock = quotaLocks.get(Math.floorMod(maildir.folder().hashCode(), QUOTA_LOCKS));
        // Held while the mail is written: of two mails for the last place, one finds the mailbox full.
        lock.lock();
        try {
            if (!quota.hasRoomFor(top.length + mail.bodyLength())) {
                return full(path);
            }
            added(quota, put(maildir, name, top, mail));
            return new Outcome.Delivered("in Maildir " + maildir.folder());
        } finally {
            lock.unlock();
        }
    }

    /// @return the length of the file
    private long put(Maildir maildir, String name, byte[] top, StoredMail mail) throws IOException {
        return maildir.deliver(name, out -> {
            OutputStream target = config.lineEndings() == LineEndings.LF ? new LfOutputStream(out) : out;
            target.write(top);
            mail.copyTo(target::write);
            target.flush();
        });
    }

    /// RFC 3463 section 3.3: X.2.2, mailbox full.
    private Outcome full(ForwardPath path) {
        String text = "the mailbox of " + path + " is full";
        return switch (config.overQuota()) {
            case TEMPORARY -> new Outcome.Deferred(text, Diagnosis.local("4.2.2"));
            case PERMANENT -> new Outcome.Failed(text, Diagnosis.local("5.2.2"));
        };
    }

    /// The mail is there: that its size could not be added must not bring it a second time.
    private static void added(MaildirQuota quota, long length) {
        try {
            quota.added(length);
        } catch (IOException e) {
            LOG.warn("the size of a delivered mail cannot be added to maildirsize", e);
        }
    }
}
