// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.postern.core.config.Default;
import org.postern.core.config.Doc;
import org.postern.core.limits.ByteSize;
import org.postern.core.mail.Domain;

/// Settings of the file spool.
@Doc("Where accepted mail is kept until it is delivered.")
public record SpoolConfig(
        @Doc("The spool folder. It must belong to the store alone, on a local file system of its own if possible;"
                + " it is made when it does not exist.")
        @Default("spool")
        Path folder,

        @Doc("The largest mail that is kept, with the header fields the front put on top; 1KiB to 2GiB.")
        @Default("100MiB")
        ByteSize messageMax,

        @Doc("Free space below which no mail is taken in; it is taken in again when a tenth more than this is free.")
        @Default("256MiB")
        ByteSize freeSpaceMin,

        @Doc(
                "Files that must still be makeable on the spool's disk (inodes); with fewer no mail is taken in, until a tenth"
                        + " more than this may be made; 0 for no bound.")
        @Default("10000")
        int freeFilesMin,

        @Doc(
                "Room kept in the file reserve.bin and given up when the disk is full, so that what was delivered can still"
                        + " be recorded; 0B to 1GiB.")
        @Default("16MiB")
        ByteSize reserve,

        @Doc("Most mails kept at a time; 1 to 10000000.") @Default("1000000")
        int mailsMax,

        @Doc("How long a handoff is remembered after its mail was delivered, so that a repeated one makes no second"
                + " copy; 1h to 30d.")
        @Default("24h")
        Duration rememberIds,

        @Doc("How long a mail is recognised whose sender may not have seen the 250; 0s switches this off.")
        @Default("7d")
        Duration rememberUnproven,

        @Doc(
                "Most handoffs and unproven mails remembered at a time, about 90 octets of memory each; 10000 to 100000000."
                        + " At the bound the oldest finished handoffs are forgotten before remember-ids, but not those of the"
                        + " last ten minutes; where that does not help no mail is taken in.")
        @Default("300000")
        int rememberMax,

        @Doc(
                "Recipient domains whose mail is never recognised as the same mail sent again: a sender that did not see the"
                        + " 250 may then bring a second copy. A repeated handoff is recognised in any case.")
        @Default("[]")
        List<Domain> recogniseNothingFor,

        @Doc("Threads that sync folders; 1 to 64.") @Default("8")
        int syncThreads) {
    public SpoolConfig {
        recogniseNothingFor = List.copyOf(recogniseNothingFor);
        if (freeFilesMin < 0) {
            throw new IllegalArgumentException("free-files-min is 0 or more, not " + freeFilesMin);
        }
        if (reserve.bytes() > 1L << 30) {
            throw new IllegalArgumentException("reserve is 0B to 1GiB, not " + reserve);
        }
        if (messageMax.bytes() < 1024 || messageMax.bytes() > 2L << 30) {
            throw new IllegalArgumentException("message-max is 1KiB to 2GiB, not " + messageMax);
        }
        if (mailsMax < 1 || mailsMax > 10_000_000) {
            throw new IllegalArgumentException("mails-max is 1 to 10000000, not " + mailsMax);
        }
        if (rememberIds.compareTo(Duration.ofHours(1)) < 0 || rememberIds.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("remember-ids is 1h to 30d");
        }
        if (rememberUnproven.isNegative() || rememberUnproven.compareTo(Duration.ofDays(30)) > 0) {
            throw new IllegalArgumentException("remember-unproven is 0s to 30d");
        }
        if (rememberMax < 10_000 || rememberMax > 100_000_000) {
            throw new IllegalArgumentException("remember-max is 10000 to 100000000, not " + rememberMax);
        }
        if (syncThreads < 1 || syncThreads > 64) {
            throw new IllegalArgumentException("sync-threads is 1 to 64, not " + syncThreads);
        }
    }

    /// The defaults, for a spool in this folder.
    public static SpoolConfig in(Path folder) {
        return new SpoolConfig(
                folder,
                ByteSize.ofMiB(100),
                ByteSize.ofMiB(256),
                10_000,
                ByteSize.ofMiB(16),
                1_000_000,
                Duration.ofHours(24),
                Duration.ofDays(7),
                300_000,
                List.of(),
                8);
    }
}
