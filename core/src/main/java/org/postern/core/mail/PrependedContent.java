// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;

/// Message content with octets before it.
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record PrependedContent(byte[] prefix, MessageContent rest) implements MessageContent {
    @Override
    public long size() {
        return prefix.length + rest.size();
    }

    @Override
    public InputStream newInputStream() throws IOException {
        return new SequenceInputStream(new ByteArrayInputStream(prefix), rest.newInputStream());
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(prefix);
        rest.writeTo(out);
    }

    @Override
    public void close() {
        rest.close();
    }
}
