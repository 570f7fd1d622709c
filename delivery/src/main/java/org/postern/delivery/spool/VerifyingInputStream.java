// SPDX-License-Identifier: Apache-2.0
package org.postern.delivery.spool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/// The body of a stored mail. Its last read fails with [DamagedMailException] where the octets are not those that
/// were acknowledged, so whoever reads to the end knows.
final class VerifyingInputStream extends InputStream {
    private final DiskFile file;
    private final MessageDigest digest = Digests.sha256();
    private final byte[] expected;
    private long left;
    private boolean verified;

    VerifyingInputStream(Disk disk, Path path, long offset, EndRecord end) throws IOException {
        this.file = disk.read(path);
        this.left = end.bodyLength();
        this.expected = end.sha256();
        try {
            file.seek(offset);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0) {
            verify();
            return -1;
        }
        int n = file.read(target, offset, (int) Math.min(length, left));
        if (n < 0) {
            throw new DamagedMailException("the body is shorter than it was");
        }
        digest.update(target, offset, n);
        left -= n;
        if (left == 0) {
            verify();
        }
        return n;
    }

    private void verify() throws DamagedMailException {
        if (!verified) {
            if (!Arrays.equals(digest.digest(), expected)) {
                throw new DamagedMailException("the body's SHA-256 is wrong");
            }
            verified = true;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
