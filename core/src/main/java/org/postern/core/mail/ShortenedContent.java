// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;

/// Message content whose header was written anew, with the body of another.
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record ShortenedContent(byte[] header, MessageContent base, long bodyOffset) implements MessageContent {
    @Override
    public long size() {
        return header.length + base.size() - bodyOffset;
    }

    @Override
    public InputStream newInputStream() throws IOException {
        InputStream body = base.newInputStream();
        body.skipNBytes(bodyOffset);
        return new SequenceInputStream(new ByteArrayInputStream(header), body);
    }

    @Override
    public void close() {
        base.close();
    }
}
