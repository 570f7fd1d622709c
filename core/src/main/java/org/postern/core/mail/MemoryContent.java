// SPDX-License-Identifier: Apache-2.0
package org.postern.core.mail;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Message content in an array that nobody writes to any more.
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record MemoryContent(byte[] octets, int length) implements MessageContent {
    @Override
    public long size() {
        return length;
    }

    @Override
    public InputStream newInputStream() {
        return new ByteArrayInputStream(octets, 0, length);
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(octets, 0, length);
    }

    @Override
    public void close() {}
}
