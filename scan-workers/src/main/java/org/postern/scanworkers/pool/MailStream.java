// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.pool;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// The octets of a mail on their way to a backend. That they cannot be read is told apart from that they cannot be
/// sent, for the backend has no part in it.
public final class MailStream extends FilterInputStream {
    private MailStream(InputStream in) {
        super(in);
    }

    /// Where the octets come from; they can be read more than once.
    @FunctionalInterface
    public interface Source {
        InputStream open() throws IOException;
    }

    /// Reading the mail failed.
    public static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1L;

        private UnreadableException(IOException cause) {
            super("the mail cannot be read: " + cause.getMessage(), cause);
        }
    }

    /// A new stream over all octets; throws [UnreadableException] only, as does reading from it.
    public static MailStream of(Source source) throws UnreadableException {
        try {
            return new MailStream(source.open());
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    @Override
    public int read() throws UnreadableException {
        try {
            return in.read();
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws UnreadableException {
        try {
            return in.read(target, offset, length);
        } catch (IOException e) {
            throw new UnreadableException(e);
        }
    }
}
