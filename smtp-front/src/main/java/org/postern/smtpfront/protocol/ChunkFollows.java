// SPDX-License-Identifier: Apache-2.0
package org.postern.smtpfront.protocol;

import java.util.List;
import java.util.Optional;
import org.apache.james.protocols.api.Response;
import org.postern.core.reply.Reply;
import org.postern.core.reply.ReplyCode;

/// What BDAT comes to before its octets are read. RFC 3030 section 2: the reply comes after them, also a refusal.
///
/// @param octets how many follow
/// @param last whether the message ends with them
/// @param refusal why they are read only to be thrown away
record ChunkFollows(long octets, boolean last, Optional<Reply> refusal) implements Response {
    static ChunkFollows taken(long octets, boolean last) {
        return new ChunkFollows(octets, last, Optional.empty());
    }

    static ChunkFollows refused(long octets, ReplyCode code, String enhanced, String text) {
        return new ChunkFollows(octets, false, Optional.of(Reply.of(code, enhanced, text)));
    }

    /// What is said after a chunk that is not the last.
    Replied received() {
        return Replied.of(ReplyCode.COMPLETED_250, "2.0.0", octets + " octets received");
    }

    @Override
    public String getRetCode() {
        return received().getRetCode();
    }

    @Override
    public List<CharSequence> getLines() {
        return received().getLines();
    }

    @Override
    public boolean isEndSession() {
        return false;
    }
}
