// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.handoff;

import java.io.DataInputStream;
import java.io.IOException;
import org.postern.delivery.spool.EnvelopeCodec;

/// The first frame of each side.
///
/// @param lowest the lowest version spoken; in the server's answer the one chosen, 0 where none fits
/// @param highest the highest version spoken; in the server's answer the one chosen
/// @param node the name of the sender's node, for logs
/// @param places how many mails at once the store takes from this front; 0 where it does not say
record Hello(int lowest, int highest, String node, int places) {
    static final int VERSION = 1;
    private static final int MAGIC = 0x50535448;

    Hello(int lowest, int highest, String node) {
        this(lowest, highest, node, 0);
    }

    Frame frame() {
        return Frame.of(Frame.HELLO, out -> {
            out.writeInt(MAGIC);
            out.writeShort(lowest);
            out.writeShort(highest);
            EnvelopeCodec.writeString(out, node);
            if (places > 0) {
                out.writeShort(places);
            }
        });
    }

    static Hello parse(Frame frame) throws IOException {
        if (frame.type() != Frame.HELLO) {
            throw new ProtocolException("the peer does not greet");
        }
        DataInputStream in = frame.data();
        if (in.readInt() != MAGIC) {
            throw new ProtocolException("the peer speaks another protocol");
        }
        int lowest = in.readUnsignedShort();
        int highest = in.readUnsignedShort();
        String node = EnvelopeCodec.readString(in);
        // Later versions may say more in their greeting, and older ones say less.
        return new Hello(lowest, highest, node, in.available() >= 2 ? in.readUnsignedShort() : 0);
    }
}
