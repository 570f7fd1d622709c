// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.postern.core.mail.MessageContent;
import org.postern.core.mail.MessageContentBuilder;

/// What a QMQP client sent, read to its last octet. The addresses are still the octets that came.
///
/// @param content the message
/// @param sha256 of it
/// @param sender the envelope sender
/// @param recipients one or more
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record QmqpRequest(MessageContent content, byte[] sha256, String sender, List<String> recipients)
        implements AutoCloseable {
    private static final int ADDRESS_MAX = 1000;
    /// What a netstring adds: ten digits, a colon, a comma.
    private static final int FRAMING = 12;

    /// Reads one request; the caller closes the builder when this throws.
    static QmqpRequest read(InputStream in, MessageContentBuilder builder, long messageMax, int recipientsMax)
            throws IOException {
        long addressesMax = (recipientsMax + 1L) * (ADDRESS_MAX + FRAMING);
        NetstringReader outer = new NetstringReader(in, FRAMING);
        long total = outer.length(messageMax + FRAMING + addressesMax);
        NetstringReader reader = new NetstringReader(in, total);
        reader.octets(reader.length(messageMax), builder::write);
        String sender = text(reader.string(ADDRESS_MAX));
        List<String> recipients = new ArrayList<>();
        while (reader.left() > 0) {
            if (recipients.size() == recipientsMax) {
                throw new NetstringReader.MalformedException("more than " + recipientsMax + " recipients");
            }
            recipients.add(text(reader.string(ADDRESS_MAX)));
        }
        reader.leave();
        byte[] sha256 = builder.sha256();
        return new QmqpRequest(builder.build(), sha256, sender, List.copyOf(recipients));
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        content.close();
    }
}
