// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.security.MessageDigest;
import java.util.Arrays;
import org.postern.core.handoff.HandoffId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A mail that is here already: its octets are only compared. One thread uses it.
final class KnownPut implements SpoolStore.Put {
    private static final Logger LOG = LoggerFactory.getLogger(KnownPut.class);

    private final HandoffId id;
    private final HandoffId keptAs;
    private final byte[] expected;
    private final Runnable release;
    private final MessageDigest sha256 = Digests.sha256();
    private boolean ended;

    /// @param expected the hash of the body under this id; zeros where the mail is known under another id, by a
    ///     key that covers its octets
    KnownPut(HandoffId id, HandoffId keptAs, byte[] expected, Runnable release) {
        this.id = id;
        this.keptAs = keptAs;
        this.expected = expected;
        this.release = release;
    }

    @Override
    public void write(byte[] octets, int offset, int length) {
        sha256.update(octets, offset, length);
    }

    @Override
    public SpoolStore.Commit commit() {
        close();
        if (!Arrays.equals(expected, LogRecord.noHash()) && !Arrays.equals(expected, sha256.digest())) {
            LOG.error("handoff {} came again with other octets; the first ones are kept", id);
            return new SpoolStore.Commit.Refused(true, "this id belongs to another mail");
        }
        LOG.info("handoff {} is here already as {}", id, keptAs);
        return new SpoolStore.Commit.Accepted(true, keptAs);
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            release.run();
        }
    }
}
