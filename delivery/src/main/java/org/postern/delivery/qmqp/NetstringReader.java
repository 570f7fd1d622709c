// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.qmqp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// Reads netstrings, one inside the other: `length:octets,`. Lengths have at most ten digits and no leading zero;
/// nothing is ever read beyond what an outer netstring holds.
///
/// Used by one thread.
final class NetstringReader {
    private static final int DIGITS_MAX = 10;

    private final InputStream in;
    private long left;

    /// What comes is not what QMQP allows.
    static final class MalformedException extends IOException {
        private static final long serialVersionUID = 1L;

        MalformedException(String message) {
            super(message);
        }
    }

    /// Takes the octets of a netstring.
    interface Sink {
        void write(byte[] octets, int offset, int length) throws IOException;
    }

    /// @param in what is read
    /// @param limit octets that may be read altogether
    NetstringReader(InputStream in, long limit) {
        this.in = in;
        this.left = limit;
    }

    /// Narrows the limit to the octets of a netstring whose length has just been read.
    void enter(long length) throws MalformedException {
        if (length > left) {
            throw new MalformedException("a netstring of " + length + " octets does not fit");
        }
        left = length;
    }

    /// Octets left inside the netstring entered.
    long left() {
        return left;
    }

    /// Reads a length and the colon.
    long length(long max) throws IOException {
        long length = 0;
        for (int digits = 0; ; digits++) {
            int c = octet();
            if (c == ':' && digits > 0) {
                return length;
            }
            if (c < '0' || c > '9' || digits == DIGITS_MAX || (digits == 1 && length == 0)) {
                throw new MalformedException("not the length of a netstring");
            }
            length = length * 10 + (c - '0');
            if (length > max) {
                throw new MalformedException("a netstring is longer than " + max + " octets");
            }
        }
    }

    /// Reads a whole netstring.
    byte[] string(int max) throws IOException {
        long length = length(max);
        if (length >= left) {
            throw new MalformedException("a netstring does not fit into the one around it");
        }
        byte[] octets = in.readNBytes((int) length);
        left -= octets.length;
        if (octets.length < length) {
            throw new EOFException("the connection ended inside a netstring");
        }
        comma();
        return octets;
    }

    /// Reads the octets and the comma of a netstring whose length has been read.
    void octets(long length, Sink sink) throws IOException {
        if (length >= left) {
            throw new MalformedException("a netstring does not fit into the one around it");
        }
        byte[] block = new byte[Math.clamp(length, 1, 64 * 1024)];
        long rest = length;
        while (rest > 0) {
            int n = in.read(block, 0, (int) Math.min(block.length, rest));
            if (n < 0) {
                throw new EOFException("the connection ended inside a netstring");
            }
            sink.write(block, 0, n);
            rest -= n;
            left -= n;
        }
        comma();
    }

    /// Reads the comma after a netstring.
    void comma() throws IOException {
        if (octet() != ',') {
            throw new MalformedException("a netstring does not end with a comma");
        }
    }

    /// Reads the comma after the netstring entered, which must be used up.
    void leave() throws IOException {
        left = 1;
        comma();
    }

    private int octet() throws IOException {
        if (left == 0) {
            throw new MalformedException("a netstring ends too early");
        }
        int c = in.read();
        if (c < 0) {
            throw new EOFException("the connection ended inside a netstring");
        }
        left--;
        return c;
    }
}
