// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;

/// An open file with a position. One thread uses it at a time; an interrupt does not close it.
interface DiskFile extends Closeable {
    void write(byte[] octets, int offset, int length) throws IOException;

    /// Reads some octets; -1 at the end.
    int read(byte[] octets, int offset, int length) throws IOException;

    long length() throws IOException;

    void setLength(long length) throws IOException;

    long position() throws IOException;

    void seek(long position) throws IOException;

    /// Makes the octets durable, not the name.
    void sync() throws IOException;

    /// Fills the whole array.
    default void readFully(byte[] octets, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int n = read(octets, offset + done, length - done);
            if (n < 0) {
                throw new EOFException("the file ends after " + position() + " octets");
            }
            done += n;
        }
    }
}
