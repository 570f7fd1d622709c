// SPDX-License-Identifier: Apache-2.0
package org.postern.scanworkers.documents;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// A grey picture, one octet a pixel, row by row from the top.
///
/// The octets are not copied: whoever holds the picture must not change them.
public record Picture(
        int width,
        int height,
        @SuppressWarnings("ArrayRecordComponent") byte[] pixels) {
    public Picture {
        if (width < 1 || height < 1 || (long) width * height != pixels.length) {
            throw new IllegalArgumentException("not a picture: " + width + " x " + height);
        }
    }

    /// Writes it as a portable grey map, which every image library reads.
    public void writePgm(OutputStream out) throws IOException {
        out.write(("P5\n" + width + " " + height + "\n255\n").getBytes(StandardCharsets.US_ASCII));
        out.write(pixels);
    }
}
