// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.postern.core.directory.Account;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;
import org.postern.core.mail.MailAddress;
import org.postern.delivery.maildir.MaildirConfig;
import org.postern.delivery.maildir.MaildirDestination;
import org.postern.delivery.schedule.Destination;

/// A store process in small, to be killed or lied to by strace: takes one mail in, or finishes one, and says so.
final class SpoolChild {
    private SpoolChild() {}

    static SpoolConfig config(Path folder) {
        return SpoolConfigs.in(folder)
                .freeSpaceMin(ByteSize.ofMiB(1))
                .syncThreads(1)
                .get();
    }

    static Submission submission(HandoffId id, byte[] octets) {
        return SpoolStoreContract.submission(id, octets);
    }

    static SpoolStore.Commit accept(SpoolStore spool, HandoffId id, String text) {
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        return switch (spool.begin(submission(id, octets), Deadline.in(Duration.ofSeconds(20)))) {
            case SpoolStore.Begin.Refused(boolean permanent, String detail) ->
                new SpoolStore.Commit.Refused(permanent, detail);
            case SpoolStore.Begin.Open(SpoolStore.Put put) -> {
                try (put) {
                    put.write(octets, 0, octets.length);
                    yield put.commit();
                }
            }
        };
    }

    /// Delivers all that is due into the Maildirs below a folder, as the store does.
    static void deliver(SpoolStore spool, Path mailFolder) throws Exception {
        try (DirectorySync directories = new DirectorySync(1)) {
            MaildirDestination maildirs = new MaildirDestination(MaildirConfig.in(mailFolder), directories);
            for (SpoolStore.Lease lease : spool.claim(10, Duration.ofSeconds(20))) {
                StoredMail mail = spool.open(lease);
                for (int i = 0; i < mail.recipients().size(); i++) {
                    if (mail.recipients().get(i) == RecipientState.PENDING) {
                        MailAddress address =
                                mail.envelope().recipients().get(i).path().address();
                        Destination.Outcome outcome = maildirs.deliver(
                                mail, i, new Account(address, Set.of(), "box/" + address.localPart()), !lease.fresh());
                        if (!(outcome instanceof Destination.Outcome.Delivered)) {
                            throw new IllegalStateException(outcome.toString());
                        }
                        spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(i, true, "there")));
                        say("done " + i);
                    }
                }
                spool.giveBack(lease, mail, Instant.now(), "");
            }
        }
    }

    /// Arguments: the folder, `accept`, `finish` or `deliver`, the id, the text.
    public static void main(String[] arguments) throws Exception {
        HandoffId id = HandoffId.parse(arguments[2]);
        try (FileSpool spool = FileSpool.open(config(Path.of(arguments[0])), InstantSource.system())) {
            if (arguments[1].equals("accept")) {
                say(accept(spool, id, arguments[3]));
                say(spool.health().state());
                say(accept(spool, new HandoffId("mx2", id.transaction()), "after " + arguments[3]));
            } else if (arguments[1].equals("deliver")) {
                deliver(spool, Path.of(arguments[0]).resolveSibling(arguments[3]));
            } else {
                SpoolStore.Lease lease = spool.claim(1, Duration.ofSeconds(20)).getFirst();
                StoredMail mail = spool.open(lease);
                spool.recipientOutcome(lease, mail, List.of(new RecipientOutcome(0, true, "there")));
                say("done");
                spool.giveBack(lease, mail, Instant.now(), "");
            }
        }
        if (arguments[1].equals("finish")) {
            say("closed");
        }
    }

    @SuppressWarnings("SystemOut") // the parent process reads it
    private static void say(Object what) {
        System.out.println("> " + what);
        System.out.flush();
    }
}
