// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.postern.core.handoff.HandoffId;
import org.postern.core.limits.ByteSize;
import org.postern.core.limits.Deadline;

/// A store process in small, to be killed or lied to by strace: takes one mail in, or finishes one, and says so.
final class SpoolChild {
    private SpoolChild() {}

    static SpoolConfig config(Path folder) {
        SpoolConfig base = SpoolConfig.in(folder);
        return new SpoolConfig(
                folder,
                base.messageMax(),
                ByteSize.ofMiB(1),
                base.mailsMax(),
                base.rememberIds(),
                base.rememberUnproven(),
                1);
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

    /// Arguments: the folder, `accept` or `finish`, the id, the text.
    public static void main(String[] arguments) throws Exception {
        HandoffId id = HandoffId.parse(arguments[2]);
        try (FileSpool spool = FileSpool.open(config(Path.of(arguments[0])), InstantSource.system())) {
            if (arguments[1].equals("accept")) {
                say(accept(spool, id, arguments[3]));
                say(spool.health().state());
                say(accept(spool, new HandoffId("mx2", id.transaction()), "after " + arguments[3]));
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
