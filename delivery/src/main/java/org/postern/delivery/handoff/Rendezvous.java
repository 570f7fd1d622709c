// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.postern.core.handoff.DedupKey;

/// The order in which a mail asks the stores: the same for the same mail at every front, different from mail to mail.
/// Rendezvous hashing (Thaler and Ravishankar, 1998).
final class Rendezvous {
    private Rendezvous() {}

    static List<StorePeer> order(DedupKey key, List<StorePeer> peers) {
        List<StorePeer> order = new ArrayList<>(peers);
        order.sort(Comparator.comparingLong(peer -> weight(key, peer)));
        return order;
    }

    private static long weight(DedupKey key, StorePeer peer) {
        MessageDigest digest = HandoffRequests.sha256();
        digest.update(key.hex().getBytes(StandardCharsets.US_ASCII));
        byte[] hash = digest.digest(peer.address().toString().getBytes(StandardCharsets.UTF_8));
        return java.nio.ByteBuffer.wrap(hash).getLong();
    }
}
